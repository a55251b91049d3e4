"""Addresses of tiles that machines read."""

from __future__ import annotations

from django.urls import path

from sectors.views import tiles

app_name = "sectors"
urlpatterns = [path("teselas/<slug:layer>/<int:zoom>/<int:column>/<int:row>.mvt", tiles, name="tiles")]
