"""Django settings. One environment variable per choice; secrets may come from files (`NAME_FILE`)."""

from __future__ import annotations

import contextlib
import os
import sysconfig
from pathlib import Path

import environ
import pyogrio  # noqa: F401 - FIRST of all GIS imports: it registers its own GDAL and PROJ data (decision 0002)
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import cluster

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")


def secret(name: str, default: str | None = None) -> str:
    """Value of an environment variable, or content of the file that `NAME_FILE` points to."""
    path = env(f"{name}_FILE", default="")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return env(name) if default is None else env(name, default=default)


# --- What this process is -------------------------------------------------------------------------------------------
TESTING = env.bool("ATALAYA_TESTING", default=False)
DEBUG = env.bool("DEBUG", default=False)
PRIVATE_CLUSTER = not env("DATABASE_URL", default="") and not env("DATABASE_URL_FILE", default="")
STATE_DIR = Path(env("ATALAYA_STATE_DIR", default=str(BASE_DIR / "var")))


def _installation_key() -> str:
    """A key of this installation's own, made at first use; a server's operator gives SECRET_KEY instead."""
    path = STATE_DIR / "secret-key"
    if not path.exists():
        STATE_DIR.mkdir(parents=True, exist_ok=True)
        fresh = STATE_DIR / f"secret-key-{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_text(os.urandom(48).hex(), encoding="ascii")
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)  # of two processes that start together, the first one's key holds
        fresh.unlink()
    return path.read_text(encoding="ascii")


SECRET_KEY = secret("SECRET_KEY", default="") or (_installation_key() if PRIVATE_CLUSTER else secret("SECRET_KEY"))
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BEHIND_TLS = env.bool("BEHIND_TLS", default=False)

# --- GDAL and GEOS from pyogrio's wheel -----------------------------------------------------------------------------
_wheels = Path(sysconfig.get_paths()["platlib"])
_gdal = [
    *_wheels.glob("pyogrio.libs/libgdal*.so*"),
    *_wheels.glob("pyogrio/.dylibs/libgdal*.dylib"),
    *_wheels.glob("pyogrio.libs/gdal-*.dll"),
]
_geos = [*_wheels.glob("pyogrio.libs/geos_c-*.dll"), *_gdal]
GDAL_LIBRARY_PATH = env("GDAL_LIBRARY_PATH", default=str(_gdal[0]) if _gdal else None)
GEOS_LIBRARY_PATH = env("GEOS_LIBRARY_PATH", default=str(_geos[0]) if _geos else None)

# --- Applications ---------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.humanize",
    "procrastinate.contrib.django",
    "ninja",
    "axes",
    "csp",
    "django_htmx",
    "crispy_forms",
    "crispy_bootstrap5",
    "geo",
    "access",
    "incidents",
    "cameras",
    "sectors",
    "community",
    "plan",
    "maps",
    "config",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.private_by_default",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "access.middleware.DefaultDenyMiddleware",
    "config.middleware.named_errors",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "maps.context.page",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Database -------------------------------------------------------------------------------------------------------
_postgis = "django.contrib.gis.db.backends.postgis"
_database = env.db_url_config(secret("DATABASE_URL", default="") or cluster.configured().url, engine=_postgis)
_database["HOST"] = _database.get("OPTIONS", {}).pop("host", _database["HOST"])
_database["PASSWORD"] = _database.get("PASSWORD") or secret("DATABASE_PASSWORD", default="")
_database["ATOMIC_REQUESTS"] = False
_database["CONN_MAX_AGE"] = 60
_database["CONN_HEALTH_CHECKS"] = True
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Long work -----------------------------------------------------------------------------------------------------
# users' files are opened behind walls of the kernel (seccomp, Landlock); where it has none the decoder refuses, unless
# the operator accepts that risk here
DECODER_MAY_LACK_WALLS = env.bool("DECODER_MAY_LACK_WALLS", default=False)
WORKER_ALIVE_FILE = Path(env("WORKER_ALIVE_FILE", default=str(STATE_DIR / "worker-alive")))
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", default=60)  # a worker silent for longer has lost its job

# --- People ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "maps:sign_in"
LOGIN_REDIRECT_URL = "maps:home"
LOGOUT_REDIRECT_URL = "maps:sign_in"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "maps/locked_out.html"
SESSION_COOKIE_AGE = 10 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
if BEHIND_TLS:
    SESSION_COOKIE_NAME = "__Host-sessionid"
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True

# --- Browser --------------------------------------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "worker-src": [NONE],
        "child-src": [NONE],
        "frame-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "object-src": [NONE],
    },
}

# --- Language, numbers, time ----------------------------------------------------------------------------------------
LANGUAGE_CODE = "es-cl"
LANGUAGES = [("es-cl", _("Spanish (Chile)")), ("es", _("Spanish")), ("en", _("English"))]
TIME_ZONE = env("TIME_ZONE", default="America/Santiago")
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["config.formats"]

# --- Files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env("STATIC_ROOT", default=str(STATE_DIR / "static"))
WHITENOISE_USE_FINDERS = env.bool("ATALAYA_STATIC_FINDERS", default=PRIVATE_CLUSTER)  # a server collects its files
if WHITENOISE_USE_FINDERS:
    Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)
MEDIA_ROOT = STATE_DIR / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
ATALAYA_DATA = Path(env("ATALAYA_DATA", default=str(BASE_DIR.parent / "shared" / "data")))

SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
}
