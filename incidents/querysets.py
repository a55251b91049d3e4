"""Questions about incidents, their masked twins, imports, events and runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.apps import apps
from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import Transform
from django.db.models import Count, Exists, F, FloatField, Func, Max, OuterRef, Q
from django.db.models.functions import Floor

from geo.querysets import OfCommuneQuerySet


def local_day_start(day: dt.date, timezone: str) -> dt.datetime:
    """First instant of a local calendar day. Where midnight is skipped by the clocks, the first one that exists."""
    midnight = dt.datetime.combine(day, dt.time(), tzinfo=ZoneInfo(timezone))
    return midnight.astimezone(dt.UTC)


class LedgerQuerySet(OfCommuneQuerySet):
    """Questions about the acts that changed incidents."""

    def latest_number(self) -> int:
        """Highest number given so far, 0 where nothing has happened."""
        return int(self.aggregate(latest=Max("number"))["latest"] or 0)


class RecordedQuerySet(OfCommuneQuerySet):
    """Questions about rows that are recorded and withdrawn by ledger numbers."""

    def current(self) -> Self:
        """Rows that nothing has withdrawn."""
        return self.filter(withdrawn_in__isnull=True)

    def as_of(self, sequence: int) -> Self:
        """Rows as they stood right after a ledger number."""
        return self.filter(recorded_in__lte=sequence).filter(
            Q(withdrawn_in__isnull=True) | Q(withdrawn_in__gt=sequence)
        )

    def placed(self) -> Self:
        """Rows that have a point."""
        return self.filter(point__isnull=False)

    def unplaced(self) -> Self:
        """Rows whose place is not known."""
        return self.filter(point__isnull=True)

    def of_origins(self, origins: Iterable[str]) -> Self:
        """Rows reported by people, discovered by patrols, or sensed, as asked."""
        return self.filter(origin__in=list(origins))

    def reported(self) -> Self:
        """Rows that people reported: what scores and hot spots read by default."""
        return self.filter(origin="reported")

    def within(self, area: Any) -> Self:
        """Rows whose point lies in an area (EPSG:4326)."""
        return self.filter(point__intersects=area)

    def counted_in_cells(self, side_m: float, srid: int) -> Self:
        """(across, up, n) of each cell of the metric grid that holds a row; its corner is `side_m` times these."""
        place = Transform("point", srid)
        named = self.placed().order_by().annotate(
            across=Floor(Func(place, function="ST_X", output_field=FloatField()) / side_m),
            up=Floor(Func(place, function="ST_Y", output_field=FloatField()) / side_m),
        )  # fmt: skip
        return named.values("across", "up").annotate(n=Count("*")).values_list(F("across"), F("up"), F("n"))


class IncidentQuerySet(RecordedQuerySet):
    """Questions about exact incidents."""

    def between(self, first_day: dt.date, last_day: dt.date, *, timezone: str | None = None) -> Self:
        """Incidents that began on the local days from first to last, both included.

        The commune's own time zone is used; give `timezone` to save the query that looks it up.
        """
        zone = timezone or self._timezone()
        return self.filter(
            occurred_from__gte=local_day_start(first_day, zone),
            occurred_from__lt=local_day_start(last_day + dt.timedelta(days=1), zone),
        )

    def _timezone(self) -> str:
        zones = list(self.order_by().values_list("commune__timezone", flat=True).distinct()[:2])
        if len(zones) > 1:
            raise ValueError("between() needs incidents of one time zone: ask for_commune() first")
        return zones[0] if zones else "UTC"

    def counted_once(self, sequence: int | None = None) -> Self:
        """Incidents without those whose event another record tells already, as of a ledger number or now.

        Of the records that a person said to be one event, the one of lowest rank that stands is left.
        """
        members = apps.get_model("incidents", "SameEventMember").objects
        stands = [
            rows.current() if sequence is None else rows.as_of(sequence) for rows in (members, self.model.objects)
        ]
        record = {name: OuterRef(name) for name in ("commune", "source", "record_key")}
        earlier = stands[0].filter(event=OuterRef("event"), rank__lt=OuterRef("rank"))
        told = earlier.filter(Exists(stands[1].filter(**record)))
        return self.filter(~Exists(stands[0].filter(**record).filter(Exists(told))))

    def of_types(self, types: Iterable[Any]) -> Self:
        """Incidents of some offence types or of any type below them."""
        wanted = list(types)
        return self.filter(
            Q(offence_type__in=wanted) | Q(offence_type__parent__in=wanted) | Q(offence_type__parent__parent__in=wanted)
        )

    def without_enforcement_driven(self) -> Self:
        """Incidents whose number does not mostly follow where patrols go."""
        return self.filter(offence_type__enforcement_driven=False)

    def without_reserved(self) -> Self:
        """Incidents whose type is not reserved."""
        return self.filter(offence_type__reserved=False)

    def of_natures(self, natures: Iterable[str]) -> Self:
        """Incidents whose type is an offence, a disorder, an alert… as asked."""
        return self.filter(offence_type__nature__in=list(natures))

    def in_reading_order(self) -> Self:
        """Incidents in an order that does not depend on how the file was sorted."""
        return self.order_by("occurred_from", "source", "record_key")


class MaskedIncidentQuerySet(RecordedQuerySet):
    """Questions about masked incidents: week and group are the finest there is."""

    def in_weeks(self, first_day: dt.date, last_day: dt.date) -> Self:
        """Rows of the whole weeks that hold the two days: a filter cannot cut finer than the table."""
        return self.filter(
            week__gte=first_day - dt.timedelta(days=first_day.weekday()),
            week__lte=last_day,
        )

    def counted_once(self) -> Self:
        """Rows without those whose event another record tells already."""
        return self.filter(repeats=False)

    def not_reserved(self) -> Self:
        """Rows whose type is not reserved: those that a role may see one by one."""
        return self.filter(reserved=False)


class OffenceTypeQuerySet(models.QuerySet[Any]):
    """Questions about offence types."""

    def of_version(self, version: str) -> Self:
        """Types of one taxonomy version."""
        return self.filter(taxonomy__version=version)

    def with_key(self, version: str, code: str) -> Self:
        """The type a version and a code name; never the code alone, codes collide between versions."""
        return self.filter(taxonomy__version=version, code=code)

    def among(self, types: Iterable[Any]) -> Self:
        """Some types and all below them."""
        wanted = list(types)
        return self.filter(Q(pk__in=wanted) | Q(parent__in=wanted) | Q(parent__parent__in=wanted))

    def in_grouping(self, code: str, title: str = "") -> Self:
        """Types of a grouping (DMCS, STOP), all below them included; with a title, of one of its groups."""
        named = self.model.objects.filter(groupings__grouping__code=code)
        if title:
            named = named.filter(groupings__title=title)
        ids = list(named.values_list("pk", flat=True))
        return self.among(ids)

    def reserved(self) -> Self:
        """Types that are told apart from their place to nobody below the analyst."""
        return self.filter(reserved=True)


class SourceProfileQuerySet(OfCommuneQuerySet):
    """Questions about source profiles."""

    def of_kind(self, kind: str) -> Self:
        """Profiles that read one kind of table."""
        return self.filter(kind=kind)

    def of_kinds(self, kinds: Iterable[str]) -> Self:
        """Profiles that read any of some kinds of table."""
        return self.filter(kind__in=list(kinds))

    def latest(self) -> Self:  # type: ignore[override]
        """The newest version of each source's profile."""
        newest = self.model.objects.filter(commune=OuterRef("commune"), source=OuterRef("source"))
        return self.filter(version=models.Subquery(newest.order_by("-version").values("version")[:1]))


class ImportBatchQuerySet(OfCommuneQuerySet):
    """Questions about import batches."""

    def committed(self) -> Self:
        """Batches that count."""
        return self.filter(state="committed")

    def of_kinds(self, kinds: Iterable[str]) -> Self:
        """Batches of some kinds of table."""
        return self.filter(profile__kind__in=list(kinds))

    def newest_first(self) -> Self:
        """Batches, the last import on top, with what a list shows."""
        return self.select_related("profile", "imported_by").order_by("-created_at", "-pk")


class EventLinkQuerySet(OfCommuneQuerySet):
    """Questions about pairs of records that may be one event."""

    def in_state(self, state: str) -> Self:
        """Pairs that wait, or about which a person decided."""
        return self.filter(state=state)

    def of_record(self, source: str, record_key: str) -> Self:
        """Pairs with one record."""
        return self.filter(Q(left_source=source, left_key=record_key) | Q(right_source=source, right_key=record_key))

    def likeliest_first(self) -> Self:
        """Pairs, the highest score on top."""
        return self.order_by("-score", "pk")


class RecordAddressQuerySet(OfCommuneQuerySet):
    """Questions about the addresses of records that came without a point."""

    def readable(self) -> Self:
        """Addresses whose texts are still there."""
        return self.filter(erased_at__isnull=True)

    def open(self) -> Self:
        """Addresses that a person may still place."""
        return self.readable().filter(state__in=["waiting", "ambiguous", "unknown"])

    def of_batch(self, batch: Any) -> Self:
        """Addresses that one import brought."""
        return self.filter(batch=batch)

    def in_queue_order(self) -> Self:
        """Addresses as the queue shows them: those with candidates first, then as they came."""
        return self.order_by("state", "pk")


class PlaceAliasQuerySet(OfCommuneQuerySet):
    """Questions about aliases of streets and places."""

    def of_kind(self, kind: str) -> Self:
        """Aliases of one kind."""
        return self.filter(kind=kind)


class ErasedCountQuerySet(OfCommuneQuerySet):
    """Questions about what retention erased."""

    def of_source(self, source: str) -> Self:
        """Counts of one source, the oldest month first."""
        return self.filter(source=source).order_by("month")


class CrosswalkQuerySet(models.QuerySet[Any]):
    """Questions about links between two versions of a list of types."""

    def between(self, first: str, second: str) -> Self:
        """Links from one version to another, in the order of their codes."""
        found = self.filter(from_type__taxonomy__version=first, to_type__taxonomy__version=second)
        return found.select_related("from_type", "to_type").order_by("from_type__code", "to_type__code")

    def exact(self) -> Self:
        """Links whose counts may be added: one type, or several, became exactly one."""
        return self.filter(kind__in=["exact", "merge"])


class HarmTableQuerySet(OfCommuneQuerySet):
    """Questions about harm tables."""

    def in_use(self) -> Self:
        """The commune's current table."""
        return self.filter(current=True)


class MassEventQuerySet(OfCommuneQuerySet):
    """Questions about mass events."""

    def between(self, start: dt.datetime, end: dt.datetime) -> Self:
        """Events that share an instant with a window."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def on_days(self, first_day: dt.date, last_day: dt.date, *, timezone: str) -> Self:
        """Events that share an instant with the local days from first to last, both included."""
        return self.between(
            local_day_start(first_day, timezone), local_day_start(last_day + dt.timedelta(days=1), timezone)
        )

    def taking_place(self) -> Self:
        """Events that were or will be held: neither refused nor suspended."""
        return self.exclude(state__in=["rechazado", "suspendido"])

    def touching(self, area: Any) -> Self:
        """Events whose footprint or venue touches an area."""
        return self.filter(Q(footprint__intersects=area) | Q(footprint__isnull=True, venue__intersects=area))


class HotspotRunQuerySet(OfCommuneQuerySet):
    """Questions about hot-spot runs."""

    def newest_first(self) -> Self:
        """Runs, the last on top."""
        return self.order_by("-created_at", "-pk")


class MethodRunQuerySet(OfCommuneQuerySet):
    """Questions about runs of methods."""

    def of_method(self, method: str) -> Self:
        """Runs of one method."""
        return self.filter(method=method)

    def newest_first(self) -> Self:
        """Runs, the last on top."""
        return self.order_by("-created_at", "-pk")


class MethodShapeQuerySet(OfCommuneQuerySet):
    """Questions about the shapes that methods drew."""


class ClusterQuerySet(OfCommuneQuerySet):
    """Questions about the clusters of hot-spot runs."""

    def of_run(self, run: Any) -> Self:
        """Clusters of one run, strongest first."""
        return self.filter(run=run).order_by("rank")
