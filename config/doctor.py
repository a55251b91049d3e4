"""What this installation needs, looked at one by one, with how to mend what is missing."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import sys
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from config import cluster
from geo.crs import CHILEAN_SRIDS
from geo.decoder.inspection import inspect_walls
from geo.errors import RefusedFileError

OK, NOTE, MEND = "ok", "note", "mend"
GIB = 1024**3
TIMEZONE_FLOOR = (2025, 2)  # 2025b: the first release that knows America/Coyhaique
NEEDED_DRIVERS = {"GPKG", "GeoJSON", "ESRI Shapefile"}
NEEDED_EXTENSIONS = {"postgis", "pg_trgm", "unaccent", "btree_gist"}


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what was found and, where it must be mended, how."""

    what: str
    state: str
    found: str
    mend: str = ""


def examine() -> list[Finding]:
    """Look at everything. The private database is started for it where it does not run."""
    apart: list[Callable[[], Iterator[Finding]]] = [
        python, packages, gis_libraries, reference_systems, timezones, disk, built_files, sandbox, configuration,
    ]  # fmt: skip
    findings = [finding for look in apart for finding in look()]
    try:
        if settings.PRIVATE_CLUSTER:
            with cluster.held(cluster.configured()):
                return findings + list(database())
        return findings + list(database())
    except (cluster.ClusterError, DatabaseError, OSError) as error:
        mend = _("Start the database, or give another one in DATABASE_URL.")
        return [*findings, Finding(_("Database"), MEND, str(error).splitlines()[0], mend)]


def _judge(what: str, holds: bool, found: object, mend: str, *, otherwise: str = MEND) -> Finding:
    return Finding(what, OK if holds else otherwise, str(found), "" if holds else mend)


def python() -> Iterator[Finding]:
    """The interpreter."""
    found = ".".join(str(part) for part in sys.version_info[:3])
    yield _judge("Python", sys.version_info >= (3, 11), found, _("Install Python 3.11 or newer."))


def packages() -> Iterator[Finding]:
    """Every package of the lock, in exactly its version."""
    lock = (settings.BASE_DIR / "requirements" / "base.txt").read_text(encoding="utf-8")
    wrong = []
    for name, wanted in re.findall(r"^([a-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", lock, re.MULTILINE):
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found = "–"
        if found != wanted:
            wrong.append(f"{name} {found} ≠ {wanted}")
    yield _judge(
        _("Python packages"),
        not wrong,
        ", ".join(wrong) or _("as in the lock"),
        _("Run: .venv/bin/pip install --require-hashes -r requirements/base.txt"),
    )


def gis_libraries() -> Iterator[Finding]:
    """GDAL and GEOS of the wheel, their formats, and Django content with both."""
    import pyogrio
    from django.contrib.gis import gdal, geos

    path = str(settings.GDAL_LIBRARY_PATH)
    version = gdal.gdal_version().decode()
    yield _judge(
        "GDAL",
        tuple(int(part) for part in version.split(".")[:2]) >= (3, 9),
        f"{version} ({Path(path).name})",
        _("Install pyogrio's wheel, or point GDAL_LIBRARY_PATH to a GDAL of version 3.9 or newer."),
    )
    found = geos.geos_version().decode()
    yield _judge("GEOS", bool(found), found, _("Point GEOS_LIBRARY_PATH to the GEOS library."))
    missing = NEEDED_DRIVERS - set(pyogrio.list_drivers())
    yield _judge(
        _("File formats"),
        not missing,
        ", ".join(sorted(missing or NEEDED_DRIVERS)),
        _("Install pyogrio's wheel again."),
    )
    said = [message for message in checks.run_checks() if message.level >= checks.WARNING]
    yield _judge(
        _("Django's own checks"),
        not said,
        ", ".join(sorted({str(message.id) for message in said})) or _("silent"),
        _("Run manage.py check and follow its advice."),
    )


def reference_systems() -> Iterator[Finding]:
    """The Chilean reference systems, in each of the three libraries that carry tables of their own."""
    import pyproj
    import rasterio.crs
    from django.contrib.gis.gdal import SpatialReference

    libraries: dict[str, Callable[[int], object]] = {
        "Django": SpatialReference,
        "pyproj": pyproj.CRS.from_epsg,
        "rasterio": rasterio.crs.CRS.from_epsg,
    }
    unknown = [
        f"{name}: {code}" for name, look_up in libraries.items() for code in CHILEAN_SRIDS if not _knows(look_up, code)
    ]
    yield _judge(
        _("Reference systems"),
        not unknown,
        ", ".join(unknown) or _("%(count)s Chilean systems") % {"count": len(CHILEAN_SRIDS)},
        _("Remove PROJ_DATA, PROJ_LIB and GDAL_DATA from the environment: they point to another PROJ."),
    )


def _knows(look_up: Callable[[int], object], code: int) -> bool:
    try:
        look_up(code)
    except Exception:
        return False
    return True


def timezones() -> Iterator[Finding]:
    """Chile's clock changes."""
    release = importlib.metadata.version("tzdata")
    recent = tuple(int(part) for part in release.split(".")[:2]) >= TIMEZONE_FLOOR
    known = "America/Coyhaique" in zoneinfo.available_timezones()
    yield _judge(_("Time zones"), recent and known, release, _("Install tzdata 2025b or newer, of the system too."))


def disk() -> Iterator[Finding]:
    """Room for uploads, exports and the database."""
    places = {_("Disk of the files"): settings.STATE_DIR}
    if settings.PRIVATE_CLUSTER:
        places[_("Disk of the database")] = cluster.configured().base
    for what, folder in places.items():
        there = next(parent for parent in [folder, *folder.parents] if parent.exists())
        free = shutil.disk_usage(there).free
        yield Finding(
            what,
            OK if free > 10 * GIB else NOTE if free > 2 * GIB else MEND,
            _("%(size)s GiB free") % {"size": f"{free / GIB:.0f}"},
            "" if free > 10 * GIB else _("Make room: an import of a million rows takes about 2 GiB."),
        )


def built_files() -> Iterator[Finding]:
    """The browser's bundle and the compiled translations."""
    bundle = settings.BASE_DIR / "maps" / "static" / "maps" / "dist" / "main.js"
    yield _judge(
        _("Browser bundle"), bundle.exists(), _("built") if bundle.exists() else _("missing"), _("Run: make setup")
    )
    catalogues = list(settings.BASE_DIR.glob("[a-z]*/locale/*/LC_MESSAGES/django.po"))
    stale = [po for po in catalogues if not po.with_suffix(".mo").exists()]
    yield _judge(
        _("Translations"),
        not stale,
        ", ".join(po.parts[-5] for po in stale) or _("%(count)s catalogues compiled") % {"count": len(catalogues)},
        _("Run: make setup"),
    )


def sandbox() -> Iterator[Finding]:
    """Whether a child that opens a user's file is really shut in: it tries its walls."""
    mend = _(
        "Use a kernel of 5.13 or newer with seccomp and Landlock on (lsm=landlock,… at its start), and libseccomp2. "
        "To read files without these walls, at your own risk: DECODER_MAY_LACK_WALLS=1."
    )
    try:
        fallen = inspect_walls().fallen
    except RefusedFileError as error:
        yield Finding(_("Walls around users' files"), MEND, str(error), mend)
        return
    found = _("all hold") if not fallen else _("missing: %(walls)s") % {"walls": ", ".join(fallen)}
    state = OK if not fallen else NOTE if settings.DECODER_MAY_LACK_WALLS else MEND
    yield Finding(_("Walls around users' files"), state, found, "" if not fallen else mend)
    if settings.DECODER_MAY_LACK_WALLS:
        told = _("waived in the settings")
        yield Finding("DECODER_MAY_LACK_WALLS", NOTE, told, _("Take it out where the kernel has seccomp and Landlock."))


def _present(there: bool) -> str:
    return _("present") if there else _("absent")


def configuration() -> Iterator[Finding]:
    """Switches that must not be left on."""
    yield _judge("DEBUG", not settings.DEBUG, settings.DEBUG, _("Take DEBUG out of the environment."))
    served = settings.PRIVATE_CLUSTER or settings.BEHIND_TLS
    yield _judge(
        "BEHIND_TLS",
        served,
        settings.BEHIND_TLS,
        _("Serve behind a proxy with TLS and set BEHIND_TLS=1."),
        otherwise=NOTE,
    )


def database() -> Iterator[Finding]:
    """The server, its extensions, its promises about acknowledged rows, our tables."""
    with connection.cursor() as cursor:

        def ask(statement: str) -> list[tuple[object, ...]]:
            cursor.execute(statement)
            return list(cursor.fetchall())

        server = str(ask("SHOW server_version")[0][0])
        yield _judge("PostgreSQL", int(server.partition(".")[0]) >= 15, server, _("Use PostgreSQL 15 or newer."))
        there = {str(row[0]): str(row[1]) for row in ask("SELECT extname, extversion FROM pg_extension")}
        missing = NEEDED_EXTENSIONS - set(there)
        yield _judge(
            _("Extensions"),
            not missing,
            ", ".join(sorted(missing)) or f"PostGIS {there.get('postgis')}",
            _("As the database's owner: CREATE EXTENSION … for each of them."),
        )
        yield from _promises(ask)
        yield from _rights(ask)
    yield from _tables()


def _promises(ask: Callable[[str], list[tuple[object, ...]]]) -> Iterator[Finding]:
    wanted = {
        "synchronous_commit": _("Set it to on: an acknowledged edit must be on disk."),
        "fsync": _("Set it to on: an acknowledged edit must be on disk."),
        "data_checksums": _(
            "Make the cluster with --data-checksums, or run pg_checksums --enable while it is stopped."
        ),
    }
    for name, mend in wanted.items():
        value = str(ask(f"SHOW {name}")[0][0])
        yield _judge(name, value == "on", value, mend)
    known = ask("SELECT 1 FROM pg_timezone_names WHERE name = 'America/Coyhaique'")
    yield _judge(_("Time zones of the database"), bool(known), _present(bool(known)), _("Update the server's tzdata."))


def _rights(ask: Callable[[str], list[tuple[object, ...]]]) -> Iterator[Finding]:
    name, superuser = ask("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")[0]
    yield _judge(
        _("Database user"),
        settings.PRIVATE_CLUSTER or not superuser,
        name,
        _("Use a database user that is no superuser."),
        otherwise=NOTE,
    )
    role = ask("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'atalaya_masked'")
    yield _judge(
        _("Role for masked places"),
        role == [(False,)],
        _present(bool(role)),
        _("Run manage.py migrate as a user who may create roles."),
    )


def _tables() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    found = _("%(count)s migrations wait") % {"count": len(waiting)} if waiting else _("up to date")
    yield _judge(_("Tables"), not waiting, found, _("Run: .venv/bin/python manage.py migrate"))
