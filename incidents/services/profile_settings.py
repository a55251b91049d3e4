"""What a source profile says: the one schema of its settings, checked when it is saved and when it is used."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from geo.crs import crs_of
from geo.errors import RefusedError
from incidents.models import ProfileKind
from incidents.models.taxonomy import Level, Nature, Origin
from incidents.services.moments import known_format

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]

ADDRESS_FIELDS = ("address", "street", "number", "corner", "place_name")
INCIDENT_FIELDS = frozenset(
    {"record_id", "date", "time", "until_date", "until_time", "label", "origin", "x", "y", "coordinates"}
    | {"place_class", *ADDRESS_FIELDS}
)
PERSONAL = re.compile(
    r"\b(rut|run|telefono|teléfono|fono|celular|correo|e-?mail|patente|dni|pasaporte)\b", re.IGNORECASE
)
NOTHING = ["", "-", "--", "?", "SN", "S/N", "S/I", "NA", "N/A", "NULL", "None", "nan", "sin dato", "sin información"]


class RefusedProfileError(RefusedError):
    """A profile's settings break the schema; `extra["problems"]` lists where."""

    def __init__(self, message: str, problems: list[dict[str, str]] | None = None) -> None:
        super().__init__(message)
        self.extra = {"problems": problems or []}


class OwnType(BaseModel):
    """One type of a taxonomy that a source brings along."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_enum_values=True)

    code: Slug
    name: Text
    level: Level = Level.GROUP
    parent: Slug | None = None
    nature: Nature = Nature.OFFENCE
    default_origin: Origin = Origin.REPORTED
    dmcs: bool = False
    enforcement_driven: bool = False
    reserved: bool = False


class ProfileSettings(BaseModel):
    """How the tables of one source are written, and what their columns and labels mean.

    Columns that are not named here never leave the child process that opens the file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_enum_values=True)

    # how the file is written
    delimiter: Literal[",", ";", "\t", "|"] = ","
    quote: Literal['"', "'"] = '"'
    encoding: Literal["utf-8", "utf-8-sig", "cp1252", "utf-16"] = "utf-8"
    has_header: bool = True
    decimal: Literal[".", ",", "any"] = "."  # any: a comma is a decimal mark where a number has one
    layer: str | None = None
    # where each field stands: its heading; without a header the columns are columna_1, columna_2 …
    columns: dict[FieldName, Text]
    nothing: list[str] = Field(default_factory=lambda: list(NOTHING), max_length=50)
    # time
    date_format: list[Text] = Field(default_factory=lambda: ["%Y-%m-%d"], min_length=1, max_length=10)
    time_format: list[Text] = Field(default_factory=lambda: ["%H:%M:%S", "%H:%M", "%H"], min_length=1, max_length=10)
    midnight_is_unknown: bool = True
    # place
    srid: int = 4326
    coordinates_order: Literal["latitude_first", "longitude_first"] = "latitude_first"
    unsigned: bool = False  # the source leaves the minus signs of western and southern degrees out
    place_class: Literal["exact", "interpolated", "block", "area"] = "exact"
    # meaning; `constant_label` is what every row is, where the file has no column that says it
    constant_label: str = Field(default="", max_length=200)
    type_mapping: dict[Text, tuple[Slug, str]] = Field(default_factory=dict, max_length=2000)
    own_taxonomy: Slug | None = None
    own_taxonomy_name: str = Field(default="", max_length=120)
    own_types: list[OwnType] = Field(default_factory=list, max_length=2000)
    default_origin: Origin | None = None
    origin_mapping: dict[Text, Origin] = Field(default_factory=dict, max_length=100)
    values: dict[FieldName, dict[str, str]] = Field(default_factory=dict)
    # words that no type is given to yet: kept as incidents without type and counted, or refused
    unmapped: Literal["keep", "refuse"] = "refuse"
    # what a bad row does: it is listed and left out, or it stops the whole file
    bad_rows: Literal["list", "refuse_file"] = "list"

    @field_validator("date_format", "time_format", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("date_format", "time_format")
    @classmethod
    def _readable_formats(cls, formats: list[str]) -> list[str]:
        for written in formats:
            if not known_format(written):
                raise ValueError(_("The format “%(format)s” is not understood.") % {"format": written})
        return formats

    @field_validator("columns")
    @classmethod
    def _no_personal_columns(cls, columns: dict[str, str]) -> dict[str, str]:
        for heading in columns.values():
            if PERSONAL.search(heading):
                raise ValueError(
                    _("The column “%(column)s” looks like personal data, which is never imported.")
                    % {"column": heading}
                )
        return columns

    @field_validator("srid")
    @classmethod
    def _known_system(cls, srid: int) -> int:
        try:
            crs_of(srid)
        except RefusedError as error:
            raise ValueError(str(error)) from error
        return srid

    @model_validator(mode="after")
    def _types_have_a_name(self) -> ProfileSettings:
        if self.own_types and not self.own_taxonomy:
            raise ValueError(_("Own types need the name of their own taxonomy."))
        return self


def read_settings(settings: dict[str, Any], *, kind: str) -> ProfileSettings:
    """Settings of a stored or sent profile as typed values. Raises RefusedProfileError with every problem."""
    try:
        read = ProfileSettings.model_validate(settings)
    except ValidationError as error:
        problems = [
            {"where": ".".join(str(part) for part in one["loc"]), "what": one["msg"].removeprefix("Value error, ")}
            for one in error.errors(include_input=False, include_url=False)
        ]
        first = problems[0]
        raise RefusedProfileError(_("The profile is not complete: %(where)s: %(what)s") % first, problems) from error
    if kind == ProfileKind.INCIDENTS:
        _refuse_incomplete_incidents(read)
    return read


def _refuse_incomplete_incidents(read: ProfileSettings) -> None:
    unknown = sorted(set(read.columns) - INCIDENT_FIELDS)
    if unknown:
        raise RefusedProfileError(
            _("Incidents have no field “%(field)s”. Fields: %(fields)s.")
            % {"field": unknown[0], "fields": ", ".join(sorted(INCIDENT_FIELDS))}
        )
    for field in ("date", "label"):
        if field not in read.columns and not (field == "label" and read.constant_label):
            raise RefusedProfileError(_("Say in which column the field “%(field)s” stands.") % {"field": field})
    if ("x" in read.columns) != ("y" in read.columns):
        raise RefusedProfileError(_("Coordinates need both columns, x and y, or one column with both."))
