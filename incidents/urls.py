"""Addresses of tiles and files that machines read."""

from __future__ import annotations

app_name = "incidents"
urlpatterns: list[object] = []
