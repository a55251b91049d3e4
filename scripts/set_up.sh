#!/bin/bash
# Installs what is missing and builds the bundle. Every step leaves a stamp in .state/ and is skipped while its inputs are unchanged.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p .state

# an account without a home (a service, a container) keeps the caches of npm and pip here
if [ ! -w "${HOME:-/nonexistent}" ]; then
    export npm_config_cache="$PWD/.state/npm" PIP_CACHE_DIR="$PWD/.state/pip"
fi

say() { printf '%s\n' "$*" >&2; }
fingerprint() { cat "$@" | sha256sum | cut -c1-16; }
done_already() { [ -e ".state/$1-$2" ]; }
mark_done() { rm -f ".state/$1-"*; touch ".state/$1-$2"; }

missing_debian_packages() {
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 \
        || [ -n "${DATABASE_URL:-}" ] || echo postgresql-15-postgis-3
    command -v chromium >/dev/null || echo chromium
    command -v msgfmt >/dev/null || echo gettext
    [ -e /usr/lib/x86_64-linux-gnu/libseccomp.so.2 ] || [ -e /usr/lib/aarch64-linux-gnu/libseccomp.so.2 ] || ls /usr/lib/*/libseccomp.so.2 >/dev/null 2>&1 || echo libseccomp2
    python3 -c 'import venv, ensurepip' 2>/dev/null || echo python3-venv
    if ! command -v node >/dev/null || [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 18 ]; then echo nodejs; fi
    command -v npm >/dev/null || echo npm
}

install_debian_packages() {
    local wanted; wanted=$(missing_debian_packages | sort -u | tr '\n' ' ')
    [ -z "${wanted// /}" ] && return
    local as_root=""
    if [ "$(id -u)" -ne 0 ]; then as_root="sudo"; fi
    if ! command -v apt-get >/dev/null || { [ -n "$as_root" ] && ! command -v sudo >/dev/null; }; then
        say "Missing: $wanted- install them, or set DATABASE_URL to a PostGIS database, or run 'docker compose up'."
        exit 1
    fi
    say "Installing Debian packages: $wanted"
    $as_root apt-get update -qq
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null
}

install_python_packages() {
    local key; key=$(fingerprint requirements/dev.txt)
    done_already python "$key" && [ -x .venv/bin/python ] && return
    say "Installing Python packages"
    [ -x .venv/bin/python ] || python3 -m venv .venv
    .venv/bin/python -m pip install --quiet --require-hashes -r requirements/dev.txt
    mark_done python "$key"
}

build_bundle() {
    local key; key=$(find maps/frontend maps/folium_assets scripts/build_bundle.mjs -type f -not -path '*/node_modules/*' | LC_ALL=C sort | xargs cat | sha256sum | cut -c1-16)
    done_already bundle "$key" && [ -d maps/static/maps/dist ] && return
    say "Building the browser bundle"
    for folder in maps/frontend maps/folium_assets; do
        (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null)
    done
    node scripts/build_bundle.mjs
    mark_done bundle "$key"
}

compile_translations() {
    local key; key=$(find . -name '*.po' -not -path './.venv/*' -not -path '*/node_modules/*' | LC_ALL=C sort | xargs -r cat | sha256sum | cut -c1-16)
    done_already translations "$key" && return
    find . -name '*.po' -not -path './.venv/*' -not -path '*/node_modules/*' | while read -r po; do msgfmt --check-format -o "${po%.po}.mo" "$po"; done
    mark_done translations "$key"
}

install_debian_packages
install_python_packages
build_bundle
compile_translations
