"""Offence taxonomies by version, and the harm weights laid on them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.querysets import CrosswalkQuerySet, HarmTableQuerySet, OffenceTypeQuerySet


class Origin(models.TextChoices):
    """Who brought an incident to light. Scores read what people reported, unless somebody asks otherwise."""

    REPORTED = "reported", _("reported by people")
    DISCOVERED = "discovered", _("discovered by patrols or cameras")
    SENSOR = "sensor", _("given by a sensor")


class Level(models.TextChoices):
    """Depth of a type in its taxonomy."""

    FAMILY = "family", _("family")
    GROUP = "group", _("group")
    SUBGROUP = "subgroup", _("subgroup")


class Nature(models.TextChoices):
    """What kind of thing a type names. Hot spots read offences and disorder unless somebody asks otherwise."""

    OFFENCE = "offence", _("offence")
    DISORDER = "disorder", _("disorder")
    ALERT = "alert", _("alert")
    EMERGENCY = "emergency", _("emergency or traffic accident")
    SERVICE = "service", _("service given")
    FACTOR = "factor", _("risk factor")
    NOT_INCIDENT = "not_incident", _("not an incident")
    UNMAPPED = "unmapped", _("not mapped yet")


class OffenceTaxonomy(models.Model):
    """One version of a list of types. Codes have a meaning only inside their version."""

    version = models.CharField(_("version"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("offence taxonomy")
        verbose_name_plural = _("offence taxonomies")

    def __str__(self) -> str:
        return self.version


class OffenceType(models.Model):
    """One family, group or subgroup of one taxonomy version."""

    taxonomy = models.ForeignKey(
        OffenceTaxonomy, models.PROTECT, related_name="types", verbose_name=_("taxonomy"), db_index=False
    )
    code = models.CharField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=160)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children", verbose_name=_("parent"))
    nature = models.CharField(_("nature"), max_length=14, choices=Nature.choices, default=Nature.OFFENCE)
    default_origin = models.CharField(
        _("default origin"), max_length=10, choices=Origin.choices, default=Origin.REPORTED
    )
    dmcs = models.BooleanField(_("serious-concern offence (DMCS)"), default=False)
    enforcement_driven = models.BooleanField(_("number follows enforcement"), default=False)
    reserved = models.BooleanField(_("reserved"), default=False)

    objects = OffenceTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("offence type")
        verbose_name_plural = _("offence types")
        ordering = ["taxonomy", "code"]
        constraints = [
            models.UniqueConstraint(fields=["taxonomy", "code"], name="offence_type_one_per_code_and_version"),
            models.CheckConstraint(name="offence_type_level_known", condition=Q(level__in=Level.values)),
            models.CheckConstraint(name="offence_type_origin_known", condition=Q(default_origin__in=Origin.values)),
            models.CheckConstraint(
                name="offence_type_family_has_no_parent",
                condition=Q(level="family", parent__isnull=True) | ~Q(level="family"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def group(self) -> OffenceType:
        """The group this type belongs to (itself for groups and families)."""
        return self.parent if self.level == Level.SUBGROUP and self.parent else self


class LinkKind(models.TextChoices):
    """How a type of one version continues in another. Only exact links and merges may be added up silently."""

    EXACT = "exact", _("the same")
    SPLIT = "split", _("was split")
    MERGE = "merge", _("was merged")
    APPROX = "approx", _("nearly the same")


class Crosswalk(models.Model):
    """One type of a version of a list, and a type of the next version that continues it."""

    from_type = models.ForeignKey(OffenceType, models.PROTECT, related_name="continued_by", verbose_name=_("from"))
    to_type = models.ForeignKey(OffenceType, models.PROTECT, related_name="continues", verbose_name=_("to"))
    kind = models.CharField(_("kind"), max_length=8, choices=LinkKind.choices)

    objects = CrosswalkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link between lists of types")
        verbose_name_plural = _("links between lists of types")
        constraints = [
            models.UniqueConstraint(fields=["from_type", "to_type"], name="crosswalk_once"),
            models.CheckConstraint(name="crosswalk_kind_known", condition=Q(kind__in=LinkKind.values)),
            models.CheckConstraint(name="crosswalk_joins_two", condition=~Q(from_type=models.F("to_type"))),
        ]

    def __str__(self) -> str:
        return f"{self.from_type} → {self.to_type}"


class OffenceGrouping(models.Model):
    """A way of putting types together that others publish by: DMCS, STOP."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("grouping of types")
        verbose_name_plural = _("groupings of types")

    def __str__(self) -> str:
        return self.name


class GroupingMember(models.Model):
    """One type, with all below it, in one group of a grouping."""

    grouping = models.ForeignKey(OffenceGrouping, models.CASCADE, related_name="members", verbose_name=_("grouping"))
    title = models.CharField(_("title"), max_length=120)
    place = models.PositiveSmallIntegerField(_("place in the order"))
    offence_type = models.ForeignKey(
        OffenceType, models.PROTECT, related_name="groupings", verbose_name=_("offence type")
    )

    class Meta:
        verbose_name = _("member of a grouping")
        verbose_name_plural = _("members of groupings")
        ordering = ["grouping", "place", "offence_type"]
        constraints = [models.UniqueConstraint(fields=["grouping", "offence_type"], name="grouping_member_once")]

    def __str__(self) -> str:
        return f"{self.title}: {self.offence_type}"


class HarmTable(models.Model):
    """One version of the harm weights of a commune."""

    commune = models.ForeignKey(
        "geo.Commune", models.PROTECT, related_name="+", verbose_name=_("commune"), db_index=False
    )
    version = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    current = models.BooleanField(_("in use"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = HarmTableQuerySet.as_manager()

    class Meta:
        verbose_name = _("harm table")
        verbose_name_plural = _("harm tables")
        constraints = [
            models.UniqueConstraint(fields=["commune", "version"], name="harm_table_one_per_version"),
            models.UniqueConstraint(fields=["commune"], condition=Q(current=True), name="harm_table_one_in_use"),
        ]

    def __str__(self) -> str:
        return f"{self.name or self.commune} v{self.version}"


class HarmWeight(models.Model):
    """Days of minimum penalty of one type. Empty means: nobody has given a value, and none is guessed."""

    table = models.ForeignKey(
        HarmTable, models.CASCADE, related_name="weights", verbose_name=_("table"), db_index=False
    )
    offence_type = models.ForeignKey(OffenceType, models.PROTECT, related_name="+", verbose_name=_("offence type"))
    days = models.PositiveIntegerField(_("days of minimum penalty"), null=True, blank=True)
    source_article = models.CharField(_("source article"), max_length=120, blank=True)
    checked_by = models.CharField(_("checked by"), max_length=120, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)

    class Meta:
        verbose_name = _("harm weight")
        verbose_name_plural = _("harm weights")
        constraints = [
            models.UniqueConstraint(fields=["table", "offence_type"], name="harm_weight_one_per_type"),
            models.CheckConstraint(
                name="harm_weight_positive_or_empty", condition=Q(days__isnull=True) | Q(days__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offence_type}: {self.days if self.days is not None else '–'}"
