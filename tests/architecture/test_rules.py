"""The rules of the house hold in this tree. `test_breaches.py` shows that each can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import reverse

from maps.layers import LAYERS, Layer
from tests.architecture import forbidden, layout
from tests.architecture.addresses import every_address
from tests.architecture.source import FLOORS, ROOT

RULES = [
    layout.foreign_keys_point_down,
    layout.every_package_stands_in_the_contracts,
    layout.no_forbidden_names,
    layout.apps_use_each_others_doors,
    layout.files_and_functions_are_short,
    layout.documents_name_paths_that_exist,
    layout.the_glossary_names_what_exists,
    layout.locks_carry_no_addresses,
    layout.every_link_stays_inside,
    forbidden.code_keeps_the_bans,
    forbidden.scripts_keep_the_bans,
    forbidden.templates_keep_the_bans,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_holds(rule: Callable[[Path], Iterator[str]]) -> None:
    assert list(rule(ROOT)) == []


def test_every_relation_of_the_loaded_models_points_down() -> None:
    upward = [
        f"{field.model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model is not None
        if model._meta.app_label in FLOORS and field.related_model._meta.app_label in FLOORS
        if FLOORS.index(field.related_model._meta.app_label) > FLOORS.index(model._meta.app_label)
    ]
    assert upward == []


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.id)
def test_every_layer_of_the_map_has_an_address_that_is_there(layer: Layer) -> None:
    addresses = {one.name: one.arguments for one in every_address()}
    assert layer.tiles or layer.features, f"{layer.id} names no address"
    if layer.features:
        assert reverse(layer.features)
    if layer.tiles:
        assert bool(layer.tile_layer) == ("layer" in addresses[layer.tiles])
