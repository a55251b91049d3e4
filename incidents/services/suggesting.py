"""Types that the labels of a source probably mean, for a person to confirm."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.sniffing.likeness import Likeness, most_alike
from incidents.models import Level, OffenceType
from incidents.services.taxonomies import CURRENT

# what municipal logs call things, beside the names that the lists give them
SYNONYMS: dict[tuple[str, str], tuple[str, ...]] = {
    ("municipal-1", "ruidos_molestos"): ("ruido", "fiesta", "música fuerte", "ruidos"),
    ("municipal-1", "rina"): ("pelea", "riña en la vía pública", "desorden riña"),
    ("municipal-1", "consumo_alcohol"): ("ebrios", "consumo de alcohol", "bebiendo en la vía pública"),
    ("municipal-1", "sospechoso"): ("persona sospechosa", "sujetos sospechosos", "actitud sospechosa"),
    ("municipal-1", "vehiculo_abandonado"): ("auto abandonado", "vehículo en desuso"),
    ("municipal-1", "comercio_ambulante"): (
        "comercio ilegal", "ambulantes", "comercio sin permiso", "comercio ambulante",
    ),
    ("municipal-1", "luminaria_apagada"): ("luminaria", "alumbrado público", "poste sin luz"),
    ("municipal-1", "microbasural"): ("basura", "microbasural", "escombros"),
    ("municipal-1", "emergencia_general"): (
        "incendio", "accidente de tránsito", "choque", "caída de árbol", "corte de luz", "accidente",
    ),
    ("municipal-1", "ocupacion_espacio_publico"): (
        "carpas", "ruco", "ocupación ilegal", "personas en situación de calle",
    ),
    ("municipal-1", "alarma_comunitaria"): ("alarma comunitaria", "activación de alarma"),
    ("municipal-1", "boton_panico"): ("botón de pánico", "botón pánico"),
    ("municipal-1", "patrullaje_preventivo"): ("patrullaje", "ronda preventiva", "ronda"),
    ("municipal-1", "apoyo_carabineros"): ("apoyo a carabineros", "apoyo policial"),
    ("cead-2024-b", "301"): ("vif", "violencia intrafamiliar", "violencia familiar"),
    ("cead-2024-b", "60201"): ("robo de vehículo", "robo de auto", "robo vehículo"),
    ("cead-2024-b", "60202"): ("robo de accesorios de vehículo", "robo desde vehículo", "robo en vehículo"),
    ("cead-2024-b", "60101"): ("robo en casa", "robo domicilio", "robo en domicilio"),
    ("cead-2024-b", "60102"): ("robo en local", "robo en comercio", "robo a local comercial"),
    ("cead-2024-b", "201"): ("asalto", "robo con violencia", "robo con intimidación", "portonazo"),
    ("cead-2024-b", "202"): ("lanzazo", "robo por sorpresa"),
    ("cead-2024-b", "604"): ("hurto", "hurto simple", "robo hormiga"),
}  # fmt: skip


def suggested_types(labels: Iterable[str], *, limit: int = 3) -> dict[str, list[Likeness]]:
    """For each label the most likely types of the lists in use, as `version code`; best first, perhaps none."""
    names = _names()
    return {label: most_alike(label, names, limit=limit) for label in labels}


def _names() -> dict[str, list[str]]:
    """Names and synonyms of every type of the lists in use that a row may have; of a group and its only child, one."""
    found = OffenceType.objects.filter(taxonomy__version__in=CURRENT).select_related("taxonomy")
    types = sorted(found.exclude(level=Level.FAMILY), key=lambda one: (one.taxonomy.version, one.code))
    groups = {(one.taxonomy.version, one.name) for one in types if one.level == Level.GROUP}
    return {
        f"{one.taxonomy.version} {one.code}": [one.name, *SYNONYMS.get((one.taxonomy.version, one.code), ())]
        for one in types
        if one.level == Level.GROUP or (one.taxonomy.version, one.name) not in groups
    }
