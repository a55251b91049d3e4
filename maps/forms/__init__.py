"""Forms of the pages: they read what a person typed; services decide."""
