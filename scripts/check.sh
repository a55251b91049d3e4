#!/bin/bash
# Format, lint, types, import contracts, missing migrations, translations.
set -euo pipefail
cd "$(dirname "$0")/.."
export ATALAYA_CLUSTER=${ATALAYA_CLUSTER:-test}
python=.venv/bin/python
$python -m config.cluster start
echo "format";       $python -m ruff format --check --quiet .
echo "lint";         $python -m ruff check --quiet .
echo "types";        $python -m mypy --no-error-summary analysis geo access incidents cameras sectors community plan
echo "imports";      .venv/bin/lint-imports --no-cache >/dev/null || .venv/bin/lint-imports --no-cache
echo "system";       $python manage.py check --fail-level WARNING
echo "migrations";   $python manage.py makemigrations --check --dry-run
echo "translations"; $python scripts/check_translations.py
echo "scripts";      node --check scripts/build_bundle.mjs
echo "checks passed"
