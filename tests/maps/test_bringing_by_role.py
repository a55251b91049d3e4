"""What each role may bring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from geo.models import Commune
from maps.uploads import TABLES, keep_upload
from tests.factories.incidents import ImportBatchFactory, SourceProfileFactory

Text = Callable[[Any], str]
TABLE = b"folio;fecha;delito\n1;01-10-2025;Hurto\n"


@pytest.fixture
def token(commune: Commune) -> str:
    return keep_upload(SimpleUploadedFile("tabla.csv", TABLE), commune=commune, suffixes=TABLES).token


@pytest.mark.parametrize("page", ["maps:table", "maps:profile", "maps:start_import"])
@pytest.mark.parametrize("kind", ["incidents", "mass_events", "cameras"])
def test_the_manager_opens_no_import_whose_right_it_lacks(manager: Client, token: str, page: str, kind: str) -> None:
    send = manager.post if page == "maps:start_import" else manager.get
    assert send(reverse(page, args=[kind, token])).status_code == 403


@pytest.mark.parametrize("kind", ["risk_factors", "perception"])
def test_the_manager_opens_the_imports_whose_right_it_has(manager: Client, token: str, kind: str) -> None:
    answers = [manager.get(reverse(page, args=[kind, token])) for page in ("maps:table", "maps:profile")]
    assert [one.status_code for one in answers] == [200, 200]


def test_the_manager_starts_no_profile_from_one_of_another_kind(manager: Client, commune: Commune, token: str) -> None:
    profile = SourceProfileFactory(commune=commune, name="Libro de novedades")
    shown = manager.get(reverse("maps:profile", args=["risk_factors", token]), {"desde": profile.pk})
    assert "Libro de novedades" not in shown.content.decode()


def test_lists_of_the_data_page_hold_only_kinds_of_the_role(
    manager: Client, analyst: Client, commune: Commune, text: Text
) -> None:
    profile = SourceProfileFactory(commune=commune, name="Libro de novedades")
    batch = ImportBatchFactory(commune=commune, profile=profile, file_name="secreto.csv")
    pages = [reverse("maps:profiles"), reverse("maps:imports")]
    assert all("Libro de novedades" in text(analyst.get(page)) for page in pages)
    assert not any("Libro de novedades" in text(manager.get(page)) for page in pages)
    assert manager.get(reverse("maps:batch", args=[batch.pk])).status_code == 403
    kinds = manager.get(pages[1]).context["form"].fields["kind"].choices
    assert [value for value, _words in kinds] == ["risk_factors", "perception"]
