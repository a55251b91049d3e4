"""Ground floor: communes, units, streets, surfaces, reference systems, decoder, writers and tiles. No domain word."""
