"""A downloaded map asks for nothing and runs nothing that people wrote."""

from __future__ import annotations

import pytest

from geo.models import Commune
from maps.offline import UnknownAddressError, safe, self_contained
from maps.periods import last_days
from maps.reports import View, map_document
from tests.factories.sectors import RiskSectorFactory


def test_texts_lose_what_starts_html_or_a_template() -> None:
    told = safe("<b>${alert(1)}`\\{{x}}</b>")
    assert not set(told) & set("<>`$\\{")


def test_an_unknown_address_stops_the_rewriting() -> None:
    with pytest.raises(UnknownAddressError):
        self_contained('<script src="https://example.org/otra.js"></script>')


def test_an_address_in_a_style_or_picture_stops_it_too() -> None:
    for page in ('<img src="https://example.org/a.png">', "<style>a{background:url(//example.org/a.png)}</style>"):
        with pytest.raises(UnknownAddressError):
            self_contained(page)


def test_a_hostile_name_stays_text_in_the_document(commune: Commune) -> None:
    RiskSectorFactory(commune=commune, name="<img src=x onerror=alert(1)>${alert(2)}`")
    from datetime import date

    document, shapes = map_document(
        commune=commune, role="analista", view=View(("sectores",), last_days(date(2026, 1, 31), 28))
    )
    assert shapes == 1
    assert "onerror=alert(1)>" not in document
    assert "${alert" not in document


def test_the_legend_of_a_downloaded_map_speaks_spanish(commune: Commune) -> None:
    from datetime import date

    Commune.objects.filter(pk=commune.pk).update(simulated=True)
    commune.refresh_from_db()
    RiskSectorFactory(commune=commune)
    view = View(("sectores",), last_days(date(2026, 1, 31), 28))
    document, _shapes = map_document(commune=commune, role="analista", view=view)
    for words in ("Datos simulados: lugares", "Periodo: 04-01-2026 – 31-01-2026", "Creado el"):
        assert words in document
