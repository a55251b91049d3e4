"""Kinds of strategy that every installation begins with."""

from __future__ import annotations

from plan.models import StrategyType

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
