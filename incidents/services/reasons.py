"""Why a row was refused or left without place: a class for machines and a sentence for people, never the row's text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

REASONS: dict[str, _StrPromise] = {
    # the row
    "broken_row": _("The row does not have the columns of the header."),
    "id_with_other_content": _("The id is repeated in the file with other content."),
    "personal_id": _("The id is a RUT: number the rows in another way."),
    "id_too_long": _("The id is longer than 80 characters."),
    "all_or_nothing": _("The profile refuses the whole file when one row is bad."),
    # any field
    "missing": _("The value is missing."),
    "too_long": _("The text is too long."),
    "not_a_number": _("The value is not a number."),
    "not_an_integer": _("The value is not a whole number."),
    "out_of_range": _("The number is out of range."),
    "not_yes_or_no": _("The value is neither yes nor no."),
    "unknown_value": _("The value is not one of the list."),
    "not_a_geometry": _("The geometry cannot be read."),
    "refused_by_rule": _("The row breaks a rule of its table."),
    # time
    "missing_date": _("The date is missing."),
    "bad_date": _("The date does not have the format of the profile, or does not exist."),
    "bad_time": _("The hour does not have the format of the profile, or does not exist."),
    "future": _("The date lies in the future."),
    "ends_before_start": _("The end comes before the start."),
    # meaning
    "missing_label": _("The type is missing."),
    "unknown_label": _("The type is not in the profile's table of types: add it and import again."),
    "not_an_incident": _("The type is not an incident."),
    "unknown_origin": _("The origin is not in the profile's table of origins."),
    # place: the incident counts, but stays without point
    "no_coordinates": _("The coordinates are missing."),
    "zero_coordinates": _("The coordinates are 0, 0."),
    "incomplete_coordinates": _("One of the two coordinates is missing."),
    "coordinates_not_numbers": _("The coordinates are not numbers."),
    "far_outside": _("The point lies more than 20 km outside the commune."),
}


def sentence(reason: str) -> str:
    """The sentence for people of a reason class."""
    return str(REASONS.get(reason, reason))
