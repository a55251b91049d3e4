"""The roles of the precision ladder, finest place each may see in brackets."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member of a commune's office works as."""

    ANALYST = "analista", _("Analyst")  # R3: exact points
    DIRECTOR = "directora", _("Director")  # R3d: masked points, cameras and coverage
    PLANNER = "planificadora", _("Planner")  # R2: masked points
    MANAGER = "gestora", _("Territorial manager")  # R2
    READER = "lectora", _("Reader")  # R1: sector totals
    CAMERA_OPERATOR = "operadora", _("Camera operator")  # R4: cameras, exact incidents of the last 72 h
    ADMINISTRATOR = "administradora", _("Administrator")  # R7: people and settings, no place at all
