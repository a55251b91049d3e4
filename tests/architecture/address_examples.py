"""Example arguments of the addresses, for the matrix test of test_addresses.py.

An address without arguments needs nothing here. One with arguments needs an example: each area keeps its own in
`tests/<area>/address_examples.py`, found by its name:

    from tests.architecture.address_examples import SECRET, Example

    def a_sector(commune):                       # makes the rows that the address answers about, in `commune`
        return {"code": RiskSectorFactory(commune=commune, name=SECRET).code}

    EXAMPLES = {
        "maps:sector": [Example(a_sector)],                                      # a page: namespace:name
        "PATCH /api/sectors/{code}": [Example(a_sector, body={"name": "x"})],    # an operation: METHOD path
        "cameras:tiles": [                                                       # one example per right that counts
            Example(camera_tile, permission="cameras.view_points"),
            Example(coverage_tile, permission="cameras.view_coverage"),
        ],
    }

Give rows that hold text the name SECRET: the test looks for it in everything a member of another commune receives.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

SECRET = "Xilquehue"
AREAS = ["geo", "access", "incidents", "cameras", "sectors", "community", "plan", "maps", "config"]

# Addresses that answer anybody. Adding one here is a decision about what strangers may read.
PUBLIC = {"alive", "ready", "maps:home", "maps:sign_in", "maps:sign_out", "maps:choose_commune"}


@dataclass(frozen=True)
class Example:
    """Arguments of an address and what the answer to them depends on."""

    make: Callable[[Any], dict[str, Any]] = field(default=lambda commune: {})
    method: str = ""  # of a page that is not asked for with GET
    body: dict[str, Any] = field(default_factory=dict)
    permission: str = ""  # the right that decides, where it is narrower than the address's own mark
    denied_is_empty: bool = False  # whoever lacks `permission` gets an empty answer rather than 403
    same_for_all_communes: bool = False  # nothing of a commune is in the answer (a list of types, a help page)


def examples_of_areas() -> dict[str, list[Example]]:
    """Examples of every area, by the address's name."""
    found: dict[str, list[Example]] = {}
    for area in AREAS:
        module = f"tests.{area}.address_examples"
        if importlib.util.find_spec(f"tests.{area}") and importlib.util.find_spec(module):
            found |= importlib.import_module(module).EXAMPLES
    return found
