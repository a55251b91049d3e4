"""Ready-made rows of what happens: types, profiles, batches, incidents with their masked twins, events, runs."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import factory
from factory.django import DjangoModelFactory

from incidents import models
from incidents.services.masking import INCIDENTS_BY_ID, write_masked_rows
from incidents.services.staging import staging_schema
from incidents.services.taxonomies import load_taxonomies
from tests.factories.geo import CommuneFactory, point, square

SETTINGS = {
    "columns": {
        "record_id": "folio",
        "date": "fecha",
        "time": "hora",
        "label": "tipo",
        "origin": "procedencia",
        "x": "lng",
        "y": "lat",
    },
    "type_mapping": {
        "Hurto": ["cead-2024-b", "60401"],
        "Robo": ["cead-2024-b", "20101"],
        "VIF": ["cead-2024-b", "30101"],
        "Porte de arma": ["cead-2024-b", "50102"],
        "Ruidos": ["municipal-1", "ruidos_molestos"],
        "Patrullaje": ["municipal-1", "patrullaje_preventivo"],
    },
    "origin_mapping": {"denuncia": "reported", "patrulla": "discovered"},
}


def cead(code: str) -> models.OffenceType:
    """A type of the shipped CEAD taxonomy."""
    found = models.OffenceType.objects.with_key("cead-2024-b", code).first()
    if found is None:
        load_taxonomies()
        found = models.OffenceType.objects.with_key("cead-2024-b", code).get()
    return found


class OffenceTaxonomyFactory(DjangoModelFactory):
    """A taxonomy of a source's own."""

    class Meta:
        model = models.OffenceTaxonomy

    version = factory.Sequence(lambda n: f"propia-{n}")
    name = factory.SelfAttribute("version")


class OffenceTypeFactory(DjangoModelFactory):
    """A group of a source's own taxonomy."""

    class Meta:
        model = models.OffenceType

    taxonomy = factory.SubFactory(OffenceTaxonomyFactory)
    code = factory.Sequence(lambda n: f"tipo-{n}")
    name = factory.SelfAttribute("code")
    level = "group"


class SourceProfileFactory(DjangoModelFactory):
    """A profile that reads folio, fecha, hora, tipo, procedencia, lng, lat."""

    class Meta:
        model = models.SourceProfile

    commune = factory.SubFactory(CommuneFactory)
    source = factory.Sequence(lambda n: f"fuente-{n}")
    kind = "incidents"
    name = factory.SelfAttribute("source")
    settings = factory.LazyFunction(lambda: SETTINGS)

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        load_taxonomies()
        return super()._create(model_class, *args, **kwargs)


class ImportBatchFactory(DjangoModelFactory):
    """A committed import of one row."""

    class Meta:
        model = models.ImportBatch

    commune = factory.SubFactory(CommuneFactory)
    profile = factory.SubFactory(SourceProfileFactory, commune=factory.SelfAttribute("..commune"))
    file_name = "incidentes.csv"
    sha256 = factory.LazyFunction(lambda: uuid.uuid4().hex * 2)
    state = "committed"
    read = 1
    accepted = 1
    repeated = 0
    refused = 0


class IncidentFactory(DjangoModelFactory):
    """A reported theft at the centre of Valdivia at noon, with its masked twin, recorded under ledger number 1."""

    class Meta:
        model = models.Incident
        skip_postgeneration_save = True

    commune = factory.SubFactory(CommuneFactory)
    batch = factory.LazyAttribute(
        lambda made: (
            models.ImportBatch.objects.for_commune(made.commune).first() or ImportBatchFactory(commune=made.commune)
        )
    )
    source = factory.LazyAttribute(lambda made: made.batch.profile.source)
    record_id = factory.Sequence(lambda n: f"F{n:06d}")
    record_key = factory.SelfAttribute("record_id")
    content_hash = factory.LazyFunction(uuid.uuid4)
    offence_type = factory.LazyFunction(lambda: cead("60401"))
    source_label = "Hurto"
    origin = "reported"
    origin_assumed = False
    occurred_from = dt.datetime(2025, 6, 2, 16, 0, tzinfo=dt.UTC)
    occurred_until = factory.SelfAttribute("occurred_from")
    local_text = "2025-06-02 12:00"
    time_precision = "minute"
    time_flag = ""
    point = factory.LazyFunction(point)
    place_class = factory.LazyAttribute(lambda made: "none" if made.point is None else "exact")
    recorded_in = 1

    @factory.post_generation
    def masked_twin(self, create: bool, extracted: Any, **_kwargs: Any) -> None:
        """The ledger entry and the masked row that the services always write beside an incident."""
        if not create:
            return
        models.Ledger.objects.get_or_create(
            commune=self.commune, number=self.recorded_in, defaults={"act": "import", "batch": self.batch}
        )
        with staging_schema() as schema:
            write_masked_rows(commune=self.commune, schema=schema, source=INCIDENTS_BY_ID.format(ids=self.pk))


class RecordAddressFactory(DjangoModelFactory):
    """The address of an incident without point, searched, with one candidate."""

    class Meta:
        model = models.RecordAddress
        skip_postgeneration_save = True

    commune = factory.SubFactory(CommuneFactory)
    batch = factory.SubFactory(ImportBatchFactory, commune=factory.SelfAttribute("..commune"))
    source = factory.SelfAttribute("batch.profile.source")
    record_key = factory.Sequence(lambda n: f"D{n:06d}")
    address = "Picarte 150"
    state = "ambiguous"
    details = factory.LazyFunction(
        lambda: {
            "candidates": [
                {"lng": -73.246, "lat": -39.814, "place_class": "exact", "method": "door", "score": 0.9,
                 "label": "Av. Picarte 150", "facts": {"street": "Av. Picarte", "alike": 0.9, "number": 150}},
            ]
        }
    )  # fmt: skip

    @factory.post_generation
    def incident(self, create: bool, extracted: Any, **_kwargs: Any) -> None:
        """The incident whose address it is."""
        if create:
            IncidentFactory(commune=self.commune, batch=self.batch, record_id=self.record_key, point=None)


class PlaceAliasFactory(DjangoModelFactory):
    """Another spelling of a street."""

    class Meta:
        model = models.PlaceAlias

    commune = factory.SubFactory(CommuneFactory)
    kind = "street"
    written = factory.Sequence(lambda n: f"PICARTE {n}")
    street = "Av. Ramón Picarte"


class EventLinkFactory(DjangoModelFactory):
    """Two records that may be one event."""

    class Meta:
        model = models.EventLink

    commune = factory.SubFactory(CommuneFactory)
    left_source, right_source = "denuncias", "llamadas"
    left_key = factory.Sequence(lambda n: f"D{n}")
    right_key = factory.Sequence(lambda n: f"L{n}")
    score = 0.9
    evidence = factory.LazyFunction(lambda: {"distance_m": 20.0, "gap_minutes": 3.0, "type_level": "same"})


class MassEventFactory(DjangoModelFactory):
    """An authorised concert of 5,000 people for four hours on a square of 200 m."""

    class Meta:
        model = models.MassEvent

    commune = factory.SubFactory(CommuneFactory)
    code = factory.Sequence(lambda n: f"EV-{n:04d}")
    name = factory.Sequence(lambda n: f"Concierto {n}")
    type = "concierto"
    footprint = factory.LazyFunction(lambda: square(0, 0, 200))
    starts_at = dt.datetime(2025, 6, 7, 23, 0, tzinfo=dt.UTC)
    ends_at = factory.LazyAttribute(lambda made: made.starts_at + dt.timedelta(hours=4))
    expected_attendance = 5_000
    state = "autorizado"


class HotspotRunFactory(DjangoModelFactory):
    """A run that found what its clusters say."""

    class Meta:
        model = models.HotspotRun

    commune = factory.SubFactory(CommuneFactory)
    window_from = dt.date(2025, 1, 1)
    window_until = dt.date(2025, 12, 31)
    method = "local-excess"
    parameters = factory.LazyFunction(dict)
    seed = 1
    code_version = "0.1.0"
    sequence = 1
    counts = factory.LazyFunction(lambda: {"read": 0, "used": 0, "dropped": {}})
    result = "{}"


class ClusterFactory(DjangoModelFactory):
    """A square of 200 m that holds three times what its surroundings explain."""

    class Meta:
        model = models.Cluster

    run = factory.SubFactory(HotspotRunFactory)
    commune = factory.SelfAttribute("run.commune")
    rank = factory.Sequence(lambda n: n + 1)
    boundary = factory.LazyFunction(lambda: square(0, 0, 200))
    n = 60
    expected = 20.0
    per_km2 = 1_500.0
    area_m2 = 40_000.0
    q = 0.001
