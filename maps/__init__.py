"""The face: every page, script, layer list, dashboard and downloadable map. Owns no table and never writes to the database."""
