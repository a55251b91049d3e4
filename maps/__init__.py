"""The face: every page, script, layer list, dashboard and downloadable map. No table, no write to the database."""
