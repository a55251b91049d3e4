#!/bin/bash
# Format, lint, types, import contracts, Django's checks, missing migrations, translations, floors of the scripts.
# Every step runs, whatever the one before it said; what failed is named at the end.
set -uo pipefail
cd "$(dirname "$0")/.."
export ATALAYA_CLUSTER=${ATALAYA_CLUSTER:-test}
python=.venv/bin/python
failed=()

step() {
    local name=$1 output; shift
    local start=$SECONDS
    if output=$("$@" 2>&1); then
        printf '%-14s ok      %3d s\n' "$name" $((SECONDS - start))
    else
        printf '%-14s FAILED  %3d s\n%s\n' "$name" $((SECONDS - start)) "$output"
        failed+=("$name")
    fi
}

scripts_parse() {
    find scripts maps/frontend tests -name '*.mjs' -o -name '*.js' | grep -v node_modules | while read -r script; do
        node --check "$script" || return 1
    done
}

step format       $python -m ruff format --check .
step lint         $python -m ruff check .
step types        $python -m mypy analysis geo access incidents cameras sectors community plan
step imports      .venv/bin/lint-imports --no-cache
step system       $python manage.py check --fail-level WARNING
step migrations   $python manage.py makemigrations --check --dry-run
step translations $python scripts/check_translations.py
step rules        $python -m pytest -q tests/architecture/test_rules.py
step scripts      scripts_parse
if [ ${#failed[@]} -gt 0 ]; then
    echo "checks failed: ${failed[*]}"
    exit 1
fi
echo "checks passed"
