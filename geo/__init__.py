"""Ground floor: communes, territorial units, streets, surfaces, reference systems, the decoder of uploaded files, writers and tiles. No domain word."""
