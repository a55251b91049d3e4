"""Ground floor: communes, units, streets, surfaces, reference systems, decoder, writers, tiles. No domain word."""
