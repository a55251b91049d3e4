"""What a layer of a file can become, which columns each table takes, and what such columns are usually called."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geo import models
from geo.errors import RefusedError

CONSTANT = "="  # a mapping value that starts with this sign is the value itself, not a column


@dataclass(frozen=True)
class Field:
    """One column of a table: what it holds, whether it must be there, what files usually call it."""

    name: str
    title: str | Promise
    kind: str  # text, code, count, metres or choice
    required: bool = False
    most: int = 200
    usual: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, str], ...] = ()
    nothing: tuple[str, ...] = ()  # words that stand for an empty cell
    default: Any = None


@dataclass(frozen=True)
class Target:
    """One table (and kind) that a layer can be imported into."""

    name: str
    title: str | Promise
    model: type[Any]
    geometry: str
    family: str  # point, line or area
    fields: tuple[Field, ...]
    fixed: tuple[tuple[str, Any], ...] = ()
    least_inside_ratio: float = 0.0  # share of a shape that must lie in the commune; 0: touching it is enough

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that a row fills, without commune, source and geometry."""
        return (*(name for name, _value in self.fixed), *(field.name for field in self.fields))


NAME = Field("name", gettext_lazy("name"), "text", usual=("nombre", "name", "nom", "t_uv_nom", "nombre_uv"), default="")
RESIDENTS = Field(
    "residents", gettext_lazy("residents"), "count",
    usual=("personas", "total_pers", "pob_total", "poblacion", "residents", "n_per"),
)  # fmt: skip
DWELLINGS = Field(
    "dwellings", gettext_lazy("dwellings"), "count",
    usual=("viviendas", "total_vivi", "dwellings", "n_vp", "total_viv"),
)  # fmt: skip
CODES = {
    "unidad_vecinal": ("id_uv", "t_id_uv_ca", "t_uv_cod", "uv_carto"),
    "cuadrante": ("cuadrante", "cuadran"),
    "manzana": ("manzent_i", "manzent", "mzent", "cod_manzana"),
    "zona_censal": ("geocodigo", "zona", "cod_zona"),
    "barrio": ("barrio", "comuna"),
    "macrosector": ("macrosector", "sector"),
}
NO_NUMBER = ("?", "sn", "s/n", "s/n°", "0")
PLACE_WORDS = (
    ("pub", "bar"), ("nightclub", "bar"), ("fast_food", "restaurante"), ("restaurant", "restaurante"),
    ("food_court", "restaurante"), ("ice_cream", "cafe"), ("school", "establecimiento_educacional"),
    ("escuela", "establecimiento_educacional"), ("colegio", "establecimiento_educacional"),
    ("hospital", "establecimiento_salud"), ("clinic", "establecimiento_salud"), ("salud", "establecimiento_salud"),
    ("bus_stop", "paradero"), ("parada", "paradero"), ("police", "unidad_policial"), ("policia", "unidad_policial"),
    ("fire_station", "bomberos"), ("shop", "comercio"), ("tienda", "comercio"), ("park", "plaza"), ("square", "plaza"),
    ("street_lamp", "poste"), ("luminaria", "poste"), ("farol", "poste"),
)  # fmt: skip
MASK_WORDS = (("agua", "water"), ("rio", "water"), ("humedal", "wetland"), ("bosque", "forest"))
HEIGHT_WORDS = (("measured", "medida"), ("levels", "niveles"), ("pisos", "niveles"), ("assumed", "supuesta"))


def _unit_target(kind: str, title: Any) -> Target:
    code = Field(
        "code",
        gettext_lazy("code"),
        "code",
        required=True,
        most=40,
        usual=(*CODES[kind], "codigo", "code", "cod", "id"),
    )
    return Target(
        kind, title, models.TerritorialUnit, "boundary", "area", (code, NAME, RESIDENTS, DWELLINGS),
        fixed=(("kind", kind),), least_inside_ratio=0.5,
    )  # fmt: skip


TARGETS: dict[str, Target] = {
    **{kind: _unit_target(kind, title) for kind, title in models.UnitKind.choices},
    "streets": Target(
        "streets", gettext_lazy("Streets"), models.StreetSegment, "line", "line",
        (
            Field(
                "name", gettext_lazy("name"), "text", default="",
                usual=("nombre", "name", "via", "nombre_via", "calle"),
            ),
        ),
    ),
    "addresses": Target(
        "addresses", gettext_lazy("Addresses"), models.AddressPoint, "point", "point",
        (
            Field("street", gettext_lazy("street"), "text", usual=("via", "calle", "street", "nombre_via"), default=""),
            Field(
                "number", gettext_lazy("number"), "code", most=40, usual=("numero", "number", "numeracion"), default="",
                nothing=NO_NUMBER,
            ),
            Field("dwellings", gettext_lazy("dwellings"), "count", usual=("viviendas", "dwellings"), default=1),
        ),
    ),
    "places": Target(
        "places", gettext_lazy("Places"), models.Place, "point", "point",
        (
            Field(
                "kind", gettext_lazy("kind"), "choice", required=True, usual=("tipo", "kind", "amenity", "clase"),
                choices=tuple(models.PlaceKind.values), synonyms=PLACE_WORDS, default="otro",
            ),
            Field(
                "name", gettext_lazy("name"), "text", default="",
                usual=("nombre", "name", "nombre_establecimiento", "nombre unidad", "nom_rbd"),
            ),
        ),
    ),
    "buildings": Target(
        "buildings", gettext_lazy("Buildings"), models.Building, "footprint", "area",
        (
            Field("height_m", gettext_lazy("height (m)"), "metres", usual=("altura_m", "altura", "height", "height_m")),
            Field("levels", gettext_lazy("levels"), "count", usual=("pisos", "levels", "niveles")),
            Field(
                "height_source", gettext_lazy("source of the height"), "choice", usual=("origen", "height_source"),
                choices=tuple(models.HeightSource.values), synonyms=HEIGHT_WORDS, default="desconocida",
            ),
        ),
    ),
    "vegetation": Target(
        "vegetation", gettext_lazy("Trees and hedges"), models.Vegetation, "area", "area",
        (Field("height_m", gettext_lazy("height (m)"), "metres", usual=("altura_m", "altura", "height", "height_m")),),
    ),
    "masks": Target(
        "masks", gettext_lazy("Water, wetland, forest"), models.MaskArea, "area", "area",
        (
            Field(
                "kind", gettext_lazy("kind"), "choice", required=True, usual=("tipo", "kind", "clase"),
                choices=tuple(models.MaskKind.values), synonyms=MASK_WORDS,
            ),
        ),
    ),
    "public_space": Target(
        "public_space", gettext_lazy("Public space"), models.PublicSpace, "area", "area", (),
        fixed=(("source", "given"),),
    ),
}  # fmt: skip


def titles_of(field: Field) -> list[tuple[str, str]]:
    """What a field may hold, each value with its title for people; none where it may hold anything."""
    known = {
        value: str(title)
        for kinds in (models.PlaceKind, models.HeightSource, models.MaskKind)
        for value, title in kinds.choices
    }
    return [(choice, known.get(choice, choice)) for choice in field.choices]


def target_named(name: str) -> Target:
    """The target of a name. Raises RefusedError where there is none."""
    if name not in TARGETS:
        raise RefusedError(
            _("“%(name)s” is not a layer to import into. Choose one of: %(names)s.")
            % {"name": name[:60], "names": ", ".join(TARGETS)}
        )
    return TARGETS[name]


def suggest_mapping(target: Target, columns: Sequence[str]) -> dict[str, str]:
    """Column of the file for each field of the target, by what such columns are usually called."""
    by_plain_name = {plain(column): column for column in reversed(columns)}
    mapping = {}
    for field in target.fields:
        found = next((by_plain_name[name] for name in (*field.usual, field.name) if name in by_plain_name), None)
        if found is not None:
            mapping[field.name] = found
    return mapping


def plain(text: str) -> str:
    """Lower case without accents, for comparing words that people write."""
    decomposed = unicodedata.normalize("NFKD", text.strip().lower())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def check_mapping(target: Target, mapping: dict[str, str]) -> None:
    """Refuse a mapping that names a field the target does not have or leaves out one it needs."""
    names = {field.name for field in target.fields}
    unknown = sorted(set(mapping) - names)
    if unknown:
        raise RefusedError(
            _("%(target)s has no field “%(field)s”. Fields: %(fields)s.")
            % {"target": target.title, "field": unknown[0][:60], "fields": ", ".join(sorted(names))}
        )
    missing = [field for field in target.fields if field.required and field.name not in mapping]
    if missing:
        raise RefusedError(
            _("Say which column holds the field “%(field)s” (%(title)s).")
            % {"field": missing[0].name, "title": missing[0].title}
        )
