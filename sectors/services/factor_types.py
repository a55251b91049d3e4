"""Kinds of risk factor that every installation begins with."""

from __future__ import annotations

from sectors.models import FactorType

# code, name, how much one weighs beside the others (0.5 to 3)
FACTOR_TYPES: list[tuple[str, str, float]] = [
    ("sitio-eriazo", "Sitio eriazo", 1.5),
    ("luminaria-apagada", "Luminaria apagada o insuficiente", 2.0),
    ("microbasural", "Microbasural", 1.0),
    ("inmueble-abandonado", "Inmueble abandonado", 2.0),
    ("vegetacion-densa", "Vegetación que obstruye la vista", 1.0),
    ("muro-ciego", "Muro o cierre ciego", 1.0),
    ("pasaje-sin-salida", "Pasaje o sendero sin salida ni vigilancia natural", 1.5),
    ("mobiliario-danado", "Mobiliario urbano dañado", 0.5),
    ("venta-alcohol", "Venta de alcohol conflictiva", 1.5),
    ("consumo-via-publica", "Punto de consumo en la vía pública", 1.5),
    ("comercio-ambulante", "Comercio ambulante sin permiso", 1.0),
    ("paradero-inseguro", "Paradero inseguro", 1.0),
    ("rayados", "Rayados y daños a la propiedad", 0.5),
    ("vehiculo-abandonado", "Vehículo abandonado", 0.5),
    ("espacio-publico-deteriorado", "Plaza o área verde deteriorada", 1.0),
    ("otro", "Otro factor de riesgo", 1.0),
]


def load_factor_types() -> int:
    """Add the kinds that are missing; what people changed of the others stays. Returns how many were added."""
    known = set(FactorType.objects.values_list("code", flat=True))
    missing = [
        FactorType(code=code, name=name, severity=severity)
        for code, name, severity in FACTOR_TYPES
        if code not in known
    ]
    FactorType.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)
