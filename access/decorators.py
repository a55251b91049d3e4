"""Marks that say who may call a view. The middleware refuses a view that carries none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from access.permissions import PERMISSIONS

View = TypeVar("View", bound=Callable[..., Any])


def requires(permission: str) -> Callable[[View], View]:
    """Mark a view with the right it needs (a key of the permission table)."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)

    def mark(view: View) -> View:
        # the mark is an attribute of the function: a callable's type has no place for it
        view.required_permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Mark a view that needs no sign-in (health checks, the sign-in page)."""
    # the mark is an attribute of the function: a callable's type has no place for it
    view.is_public = True  # type: ignore[attr-defined]
    return view
