"""The Plan Comunal: objectives, sector strategies, indicators and exports that carry them."""
