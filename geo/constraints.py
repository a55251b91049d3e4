"""Database rules for geometry columns, used by every app that stores a geometry."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.db import models

RULES = (
    "NOT ST_IsEmpty({g})",
    "ST_XMin({g}) >= -180",
    "ST_XMax({g}) <= 180",
    "ST_YMin({g}) >= -90",
    "ST_YMax({g}) <= 90",
    "ST_IsValid({g})",
)


class SoundGeometry(models.Func):
    """True where a geometry in degrees is not empty, finite, inside the globe and valid (a null column is let through).

    PostgreSQL sorts NaN above every number, so the upper limits refuse NaN and Infinity; GEOS finds those that hide
    inside a line or a ring. SRID and two dimensions are the column's own type.
    """

    output_field = models.BooleanField()
    conditional = True

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:  # type: ignore[override]
        """Repeat the column in every rule: a dump that loads would not find a function of our own inside a check."""
        sql, params = compiler.compile(self.get_source_expressions()[0])
        return "(" + " AND ".join(rule.format(g=sql) for rule in RULES) + ")", list(params) * len(RULES)


def sound_geometry(field: str, *, name: str) -> models.CheckConstraint:
    """Constraint that refuses empty, non-finite, out-of-range and invalid geometry in a column."""
    return models.CheckConstraint(condition=SoundGeometry(models.F(field)), name=name)


def digest_of(field: str) -> models.Func:
    """MD5 of a geometry's bytes, for unique constraints over whole shapes."""
    return models.Func(
        models.Func(models.F(field), function="ST_AsBinary", output_field=models.BinaryField()),
        function="MD5",
        output_field=models.CharField(max_length=32),
    )
