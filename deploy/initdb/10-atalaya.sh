#!/bin/bash
# Run once by the database's image: the extensions, and the application's own user, who is no superuser.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
     --set password="$(cat /run/secrets/database_password)" <<'SQL'
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE ROLE atalaya LOGIN CREATEROLE NOSUPERUSER PASSWORD :'password';
ALTER DATABASE atalaya OWNER TO atalaya;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO atalaya;
SQL
