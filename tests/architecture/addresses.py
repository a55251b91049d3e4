"""Finds every address of the site by itself: pages, tiles, downloads and API operations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from ninja.constants import NOT_SET
from ninja.operation import Operation

from access.api import allowed
from config.api import api

API_ROOT = "api:api-root"  # ninja adds it by itself; it answers 404


@dataclass(frozen=True)
class Address:
    """One address and what the code says about who may call it."""

    name: str
    method: str
    arguments: frozenset[str]
    permission: str | None
    public: bool
    operation: Operation | None = None
    path_template: str = ""

    def path(self, arguments: dict[str, Any]) -> str:
        """The address with its arguments filled in."""
        if self.operation is None:
            return reverse(self.name, kwargs=arguments)
        return re.sub(r"{(?:\w+:)?(\w+)}", lambda found: str(arguments[found[1]]), self.path_template)

    def __str__(self) -> str:
        return self.name


def pages() -> Iterator[Address]:
    """Views: pages, tiles, downloads."""
    for name, pattern in _patterns(get_resolver().url_patterns, ""):
        view = pattern.callback
        yield Address(
            name=name,
            method="get",
            arguments=frozenset(pattern.pattern.converters),
            permission=getattr(view, "required_permission", None),
            public=getattr(view, "is_public", False),
        )


def operations() -> Iterator[Address]:
    """Operations of the API."""
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            whole = re.sub("/+", "/", f"/api/{router.prefix}/{path}")
            for operation in view.operations:
                rights = [one.permission for one in operation.auth_callbacks if isinstance(one, allowed)]
                named = operation.auth_param is not NOT_SET
                for method in operation.methods:
                    yield Address(
                        name=f"{method} {whole}",
                        method=method.lower(),
                        arguments=frozenset(re.findall(r"{(?:\w+:)?(\w+)}", whole)),
                        permission=rights[0] if named and len(rights) == len(operation.auth_callbacks) == 1 else None,
                        public=False,
                        operation=operation,
                        path_template=whole,
                    )


def every_address() -> list[Address]:
    """All addresses, pages first."""
    return [*pages(), *operations()]


def _patterns(entries: list[Any], namespace: str) -> Iterator[tuple[str, URLPattern]]:
    for entry in entries:
        if isinstance(entry, URLResolver):
            if entry.namespace != "api":
                inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
                yield from _patterns(entry.url_patterns, inner)
        else:
            yield f"{namespace}{entry.name or 'WITHOUT NAME ' + str(entry.pattern)}", entry
