"""Before a demo loads: is there room for it, and how to begin again."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.utils.translation import gettext as _

import analysis
from config import cluster
from config.demo.geography import commune_code
from config.demo.manifest import Manifest
from geo.errors import ConflictError
from geo.models import Commune


class NoRoomError(ConflictError):
    """The demo would mix with what is already in the database."""


def require_room(*, seed: int, manifest: Manifest | None) -> None:
    """Refuse to load beside real communes, over a demo of other code, or over one whose notes are lost."""
    real = _real_communes()
    if real:
        raise NoRoomError(
            _("This database holds real communes (%(names)s): the demo loads only into a database of its own.")
            % {"names": ", ".join(real)}
        )
    if manifest is not None and manifest.code_version == analysis.__version__:
        return
    if Commune.objects.filter(cut_code=commune_code(seed)).exists():
        raise NoRoomError(
            _("The simulated commune %(code)s was loaded by another version. Begin again with --reset.")
            % {"code": commune_code(seed)}
        )


def _real_communes() -> list[str]:
    """Names of the communes that are not simulated; none in a database whose tables are not made yet."""
    if Commune._meta.db_table not in connection.introspection.table_names():
        return []
    return list(Commune.objects.filter(simulated=False).order_by("name").values_list("name", flat=True)[:3])


def reset_database(*, dry_run: bool) -> str:
    """Delete the private database and the demo's files; tells what it did, or what it would do."""
    if not settings.PRIVATE_CLUSTER:
        raise NoRoomError(_("Only the private database can be reset from here; this one is set by DATABASE_URL."))
    private = cluster.configured()
    real = _real_communes() if cluster.status(private) == cluster.RUNNING else []
    if real:
        raise NoRoomError(
            _("The private database holds real communes (%(names)s). “make db-reset” deletes them too.")
            % {"names": ", ".join(real)}
        )
    folder = Path(settings.STATE_DIR) / "demo"
    told = {"database": private.base, "folder": folder}
    if dry_run:
        return _("Would delete the private database %(database)s and the folder %(folder)s.") % told
    connections.close_all()
    cluster.reset(private)
    cluster.start(private)
    shutil.rmtree(folder, ignore_errors=True)
    call_command("migrate", verbosity=0)
    return _("Deleted the private database %(database)s and the folder %(folder)s.") % told
