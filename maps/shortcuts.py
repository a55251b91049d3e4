"""The keys of the map page, told once: the help dialog and the help page read them from here."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SHORTCUTS = (
    ("?", _("show these keys")),
    ("/", _("search a sector")),
    ("L", _("layers and legend")),
    ("E", _("edit the selected sector")),
    ("D", _("draw a sector")),
    ("T", _("coordinate table of the shape being edited")),
    ("Ctrl+Z", _("undo")),
    ("Ctrl+Shift+Z · Ctrl+Y", _("redo")),
    ("Ctrl+S", _("save")),
    (_("Delete"), _("remove the vertex under the pointer or chosen in the table")),
    ("Enter", _("end the drawing")),
    ("Esc", _("cancel or close")),
    (_("Arrows, + and −"), _("move and zoom the map")),
)
