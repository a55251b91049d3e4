"""Addresses of pages, in Spanish as the users read them."""

from __future__ import annotations

app_name = "maps"
urlpatterns: list[object] = []
