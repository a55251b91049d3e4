"""What lies on the ground: streets, addresses, places, buildings, water and public space."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from geo.constraints import digest_of, sound_geometry
from geo.querysets import GroundQuerySet, OfKindQuerySet

HIGHEST_BUILDING_M = 1000
HIGHEST_TREE_M = 120.0
MOST_LEVELS = 250


class StreetSegment(models.Model):
    """A stretch of street."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    line = models.MultiLineStringField(_("line"), srid=4326)
    source = models.CharField(_("source"), max_length=200, blank=True)

    objects = GroundQuerySet.as_manager()

    class Meta:
        verbose_name = _("street segment")
        verbose_name_plural = _("street segments")
        constraints = [
            models.UniqueConstraint("commune", "name", digest_of("line"), name="street_segment_once"),
            sound_geometry("line", name="street_segment_line_sound"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.pk)


class AddressPoint(models.Model):
    """A numbered door. It never carries a person's name."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    street = models.CharField(_("street"), max_length=200, blank=True)
    number = models.CharField(_("number"), max_length=40, blank=True)
    point = models.PointField(_("point"), srid=4326)
    dwellings = models.PositiveIntegerField(_("dwellings"), default=1)
    source = models.CharField(_("source"), max_length=200, blank=True)

    objects = GroundQuerySet.as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint("commune", "street", "number", digest_of("point"), name="address_point_once"),
            sound_geometry("point", name="address_point_point_sound"),
        ]

    def __str__(self) -> str:
        return f"{self.street} {self.number}".strip() or str(self.pk)


class PlaceKind(models.TextChoices):
    """Kinds of place that draw people or look after them."""

    BAR = "bar", _("Bar")
    RESTAURANT = "restaurante", _("Restaurant")
    CAFE = "cafe", _("Café")
    SCHOOL = "establecimiento_educacional", _("School")
    HEALTH = "establecimiento_salud", _("Health establishment")
    STOP = "paradero", _("Bus stop")
    POLICE = "unidad_policial", _("Police station")
    FIREFIGHTERS = "bomberos", _("Fire station")
    SHOP = "comercio", _("Shop")
    SQUARE = "plaza", _("Square")
    POLE = "poste", _("Pole or street lamp")
    OTHER = "otro", _("Other place")


class Place(models.Model):
    """A place people go to."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    kind = models.CharField(_("kind"), max_length=40, choices=PlaceKind.choices)
    name = models.CharField(_("name"), max_length=200, blank=True)
    point = models.PointField(_("point"), srid=4326)
    source = models.CharField(_("source"), max_length=200, blank=True)

    objects = OfKindQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            models.UniqueConstraint("commune", "kind", "name", digest_of("point"), name="place_once"),
            models.CheckConstraint(name="place_kind_known", condition=models.Q(kind__in=PlaceKind.values)),
            sound_geometry("point", name="place_point_sound"),
        ]

    def __str__(self) -> str:
        return self.name or self.get_kind_display()


class HeightSource(models.TextChoices):
    """Where a building's height comes from."""

    MEASURED = "medida", _("Measured")
    LEVELS = "niveles", _("From its levels")
    ASSUMED = "supuesta", _("Assumed")
    UNKNOWN = "desconocida", _("Unknown")


class Building(models.Model):
    """A building's footprint with its height or levels, where known."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    footprint = models.MultiPolygonField(_("footprint"), srid=4326)
    height_m = models.FloatField(_("height (m)"), null=True, blank=True)
    levels = models.PositiveSmallIntegerField(_("levels"), null=True, blank=True)
    height_source = models.CharField(
        _("source of the height"), max_length=20, choices=HeightSource.choices, default=HeightSource.UNKNOWN
    )
    source = models.CharField(_("source"), max_length=200, blank=True)

    objects = GroundQuerySet.as_manager()

    class Meta:
        verbose_name = _("building")
        verbose_name_plural = _("buildings")
        constraints = [
            models.UniqueConstraint("commune", digest_of("footprint"), name="building_once"),
            models.CheckConstraint(
                name="building_height_in_range",
                condition=models.Q(height_m=None) | models.Q(height_m__gt=0, height_m__lte=HIGHEST_BUILDING_M),
            ),
            models.CheckConstraint(
                name="building_levels_in_range",
                condition=models.Q(levels=None) | models.Q(levels__gte=1, levels__lte=MOST_LEVELS),
            ),
            models.CheckConstraint(
                name="building_height_source_known", condition=models.Q(height_source__in=HeightSource.values)
            ),
            sound_geometry("footprint", name="building_footprint_sound"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class MaskKind(models.TextChoices):
    """Ground where nobody can be a victim in the street."""

    WATER = "water", _("Water")
    WETLAND = "wetland", _("Wetland")
    FOREST = "forest", _("Forest")


class MaskArea(models.Model):
    """An area left out of every density and every territory."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    kind = models.CharField(_("kind"), max_length=20, choices=MaskKind.choices)
    area = models.MultiPolygonField(_("area"), srid=4326)
    source = models.CharField(_("source"), max_length=200, blank=True)

    objects = OfKindQuerySet.as_manager()

    class Meta:
        verbose_name = _("masked area")
        verbose_name_plural = _("masked areas")
        constraints = [
            models.UniqueConstraint("commune", "kind", digest_of("area"), name="mask_area_once"),
            models.CheckConstraint(name="mask_area_kind_known", condition=models.Q(kind__in=MaskKind.values)),
            sound_geometry("area", name="mask_area_area_sound"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Vegetation(models.Model):
    """Crowns of trees and hedges that stand in the way of a view: taken as opaque up to their height."""

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    area = models.MultiPolygonField(_("area"), srid=4326)
    height_m = models.FloatField(_("height (m)"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    objects = GroundQuerySet.as_manager()

    class Meta:
        verbose_name = _("vegetation")
        verbose_name_plural = _("vegetation")
        constraints = [
            models.UniqueConstraint("commune", digest_of("area"), name="vegetation_once"),
            models.CheckConstraint(
                name="vegetation_height_in_range",
                condition=models.Q(height_m=None) | models.Q(height_m__gt=0, height_m__lte=HIGHEST_TREE_M),
            ),
            sound_geometry("area", name="vegetation_area_sound"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PublicSpace(models.Model):
    """Ground open to everybody: streets, squares, parks."""

    class Source(models.TextChoices):
        GIVEN = "given", _("Given")
        DERIVED = "derived", _("Derived")

    commune = models.ForeignKey("geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"))
    area = models.MultiPolygonField(_("area"), srid=4326)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)

    objects = GroundQuerySet.as_manager()

    class Meta:
        verbose_name = _("public space")
        verbose_name_plural = _("public spaces")
        constraints = [
            models.UniqueConstraint("commune", "source", digest_of("area"), name="public_space_once"),
            models.CheckConstraint(
                name="public_space_source_known", condition=models.Q(source__in=["given", "derived"])
            ),
            sound_geometry("area", name="public_space_area_sound"),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.pk}"
