"""What follows from the ground that was loaded: public space, snap points, and the masks of every incident."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from analysis.progress import Report, silent
from geo.errors import RefusedError
from geo.models import Commune
from geo.services.public_space import derive_public_space
from geo.services.snapping import release_snap_points
from incidents.services.ledger import lock_ledger
from incidents.services.masking import remask

STAGES = 3


@transaction.atomic
def prepare_ground(
    *, commune: Any, reason: str, prepared_by: Any, role: str = "", report: Report = silent
) -> dict[str, Any]:
    """Derive public space, release snap points and mask every incident again: all of it or nothing.

    Between a release and the new masks a reader would see places of two sets, so they are one transaction. Where
    neither blocks nor buildings are loaded there is no public space to derive (`public_space_pieces` is None); the
    release then falls back by itself. Raises RefusedError without a reason, CancelledError from `report`.
    """
    Commune.objects.select_for_update(no_key=True).get(pk=commune.pk)  # two at once would replace each other's pieces
    report(_("deriving public space"), 0, STAGES)
    pieces = _public_space(commune)
    lock_ledger(commune)  # before the release: an import that began with the old one must have ended
    report(_("choosing snap points"), 1, STAGES)
    release = release_snap_points(commune=commune, reason=reason)
    report(_("masking incidents"), 2, STAGES)
    masked = remask(commune=commune, reason=reason, remasked_by=prepared_by, role=role)
    report(_("done"), STAGES, STAGES)
    return {
        "public_space_pieces": pieces,
        "snap_release": release.number,
        "snap_points": release.points.count(),
        "masked": masked,
    }


def _public_space(commune: Any) -> int | None:
    try:
        return derive_public_space(commune=commune)
    except RefusedError:
        return None
