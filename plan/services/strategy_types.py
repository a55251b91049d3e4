"""Kinds of strategy: those that every installation begins with, and a commune's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from geo.errors import MissingVersionError, RefusedError
from plan.models import StrategyKind, StrategyType
from sectors.errors import StaleVersionError
from sectors.services.trail import record

if TYPE_CHECKING:
    from access.models import User
    from geo.models import Commune

# code, name, kind, verified: the six typologies of the State's forms, then those that no official list confirms
STRATEGY_TYPES: list[tuple[str, str, str, bool]] = [
    ("REP", "Recuperación de espacios públicos", "situacional", True),
    ("IL", "Iluminación", "situacional", True),
    ("EQUIP", "Equipamiento público y comunitario", "situacional", True),
    ("AC", "Alarmas comunitarias y protección de espacios residenciales", "situacional", True),
    ("CTV", "Cámaras de televigilancia", "situacional", True),
    ("PAT", "Patrullaje preventivo", "control", True),
    ("LPR", "Pórticos lectores de patentes", "situacional", False),
    ("ERIAZO", "Cierre o limpieza de sitios eriazos", "situacional", False),
    ("PODA", "Poda y despeje visual", "situacional", False),
    ("PASAJE", "Control de acceso a pasajes", "situacional", False),
    ("PLAZA", "Activación de plazas", "situacional", False),
    ("RUTA", "Rutas seguras escolares", "situacional", False),
    ("MEDIA", "Mediación vecinal", "comunitaria", False),
    ("COMITE", "Comité de seguridad vecinal", "comunitaria", False),
    ("MARCHA", "Marcha exploratoria de seguridad", "comunitaria", False),
    ("DIFUSION", "Difusión", "comunitaria", False),
    ("NOCHE", "Mesa de locales nocturnos", "comunitaria", False),
    ("PSICO", "Intervención psicosocial", "social", False),
    ("BOTI", "Fiscalización de botillerías", "control", False),
    ("COPA", "Copamiento", "control", False),
    ("MIXTO", "Patrullaje mixto", "control", False),
    ("CAVD", "Convenio y derivación a Centro de Apoyo a Víctimas", "victimas", False),
]


def load_strategy_types() -> int:
    """Add the shipped kinds that are missing. Returns how many were added."""
    known = set(StrategyType.objects.filter(commune=None).values_list("code", flat=True))
    missing = [
        StrategyType(code=code, name=name, kind=kind, verified=verified)
        for code, name, kind, verified in STRATEGY_TYPES
        if code not in known
    ]
    StrategyType.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


@transaction.atomic
def save_strategy_type(
    *,
    commune: Commune,
    code: str,
    content: dict[str, Any],
    saved_by: User,
    expected_version: int | None = None,
) -> StrategyType:
    """Add a commune's own kind of strategy or change one; changing a shipped kind makes the commune's own in its place.

    `content` may hold name, kind and offered. The State's own typologies cannot be changed. A change of an own kind
    names the version it was made from.
    """
    checked = _checked(content)
    code = code.strip().upper()
    if not code or len(code) > 12 or not code.replace("-", "").isalnum():
        raise RefusedError(_("A code takes letters, digits and “-”, at most 12."))
    standing: StrategyType | None = StrategyType.objects.known_to(commune).filter(code=code).first()
    if standing is not None and standing.verified:
        raise RefusedError(_("“%(name)s” is an official typology and cannot be changed.") % {"name": standing.name})
    if standing is None or standing.commune_id is None:
        saved = _add_own(commune, code, checked, standing)
    else:
        saved = _change_own(standing, checked, expected_version)
    record("strategy_type.saved", commune=commune, user=saved_by, target=code, details={"version": saved.version})
    return saved


def _add_own(commune: Commune, code: str, content: dict[str, Any], shipped: StrategyType | None) -> StrategyType:
    if shipped is not None:
        content = {"name": shipped.name, "kind": shipped.kind, "offered": shipped.offered} | content
    if "name" not in content or "kind" not in content:
        raise RefusedError(_("A kind of strategy needs a name and its family of prevention."))
    added: StrategyType = StrategyType.objects.create(commune=commune, code=code, verified=False, **content)
    return added


def _change_own(standing: StrategyType, content: dict[str, Any], expected_version: int | None) -> StrategyType:
    if expected_version is None:
        raise MissingVersionError(_("The change does not say which version of the kind it was made from."))
    saved = StrategyType.objects.filter(pk=standing.pk, version=expected_version).update(
        version=F("version") + 1, **content
    )
    fresh: StrategyType = StrategyType.objects.get(pk=standing.pk)
    if saved != 1:
        told = {"name": fresh.name, "kind": fresh.kind, "offered": fresh.offered, "version": fresh.version}
        raise StaleVersionError(
            _("The kind of strategy was changed by somebody else meanwhile."), current=told, yours=told | content
        )
    return fresh


def _checked(content: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(content) - {"name", "kind", "offered"})
    if unknown:
        raise RefusedError(_("This cannot be changed: %(fields)s.") % {"fields": ", ".join(unknown)})
    if "name" in content and not 0 < len(str(content["name"]).strip()) <= 200:
        raise RefusedError(_("A kind of strategy needs a name of at most 200 characters."))
    if "kind" in content and content["kind"] not in StrategyKind.values:
        raise RefusedError(_("The family of prevention is not known."))
    return {name: value.strip() if name == "name" else value for name, value in content.items()}
