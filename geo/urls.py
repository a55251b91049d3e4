"""Addresses of tiles and files that machines read."""

from __future__ import annotations

from django.urls import path

from geo.views import tiles

app_name = "geo"
urlpatterns = [path("teselas/<slug:layer>/<int:zoom>/<int:column>/<int:row>.mvt", tiles, name="tiles")]
