# One image for web, worker and migrations. Built from the locked requirements; runs as an ordinary user on a read-only root.
# Name the base images by digest where you build (`--build-arg PYTHON_IMAGE=python@sha256:…`).
ARG NODE_IMAGE=node:22-bookworm-slim
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${NODE_IMAGE} AS bundle
WORKDIR /build
COPY maps/frontend maps/frontend
COPY maps/folium_assets maps/folium_assets
COPY scripts/build_bundle.mjs scripts/build_bundle.mjs
RUN (cd maps/frontend && npm ci --ignore-scripts --no-audit --no-fund) \
    && (cd maps/folium_assets && npm ci --ignore-scripts --no-audit --no-fund) \
    && node scripts/build_bundle.mjs

FROM ${PYTHON_IMAGE} AS packages
COPY requirements/base.txt requirements/base.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/base.txt

FROM ${PYTHON_IMAGE} AS application
RUN apt-get update && apt-get install -y --no-install-recommends gettext && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=packages /venv /venv
COPY manage.py pyproject.toml LICENSE ./
COPY requirements requirements
COPY config config
COPY maps maps
COPY plan plan
COPY community community
COPY sectors sectors
COPY cameras cameras
COPY incidents incidents
COPY access access
COPY geo geo
COPY analysis analysis
COPY --from=bundle /build/maps/static/maps maps/static/maps
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 STATIC_ROOT=/app/static
RUN find . -name '*.po' -exec sh -c 'msgfmt --check-format -o "${1%.po}.mo" "$1"' _ {} \; \
    && DATABASE_URL=postgis://nobody@/none SECRET_KEY=build ATALAYA_STATE_DIR=/tmp/state \
       python manage.py collectstatic --no-input --verbosity 0 \
    && rm -rf /tmp/state

FROM ${PYTHON_IMAGE}
RUN apt-get update && apt-get install -y --no-install-recommends libseccomp2 && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin atalaya \
    && install -d -o atalaya -g atalaya -m 0700 /var/lib/atalaya
COPY --from=packages /venv /venv
COPY --from=application /app /app
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 STATIC_ROOT=/app/static ATALAYA_STATE_DIR=/var/lib/atalaya \
    NUMBA_CACHE_DIR=/var/lib/atalaya/kernels
WORKDIR /app
USER 10001
EXPOSE 8000
CMD ["granian", "config.wsgi:application"]
