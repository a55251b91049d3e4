"""The quality classes of the standards, in the office's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy, pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WORDS: dict[str, _StrPromise] = {
    "monitor": pgettext_lazy("quality class", "Monitor"),
    "detect": pgettext_lazy("quality class", "Detect"),
    "observe": pgettext_lazy("quality class", "Observe"),
    "recognise": pgettext_lazy("quality class", "Recognise"),
    "identify": pgettext_lazy("quality class", "Identify"),
    "inspect": pgettext_lazy("quality class", "Inspect"),
    "overview": pgettext_lazy("quality class", "Overview"),
    "outline": pgettext_lazy("quality class", "Outline"),
    "discern": pgettext_lazy("quality class", "Discern"),
    "perceive": pgettext_lazy("quality class", "Perceive"),
    "characterise": pgettext_lazy("quality class", "Characterise"),
    "validate": pgettext_lazy("quality class", "Validate"),
    "scrutinise": pgettext_lazy("quality class", "Scrutinise"),
}
UNKNOWN = gettext_lazy("Unknown class")


def class_words(code: str) -> str:
    """What a class lets one tell."""
    return str(WORDS.get(code, UNKNOWN))
