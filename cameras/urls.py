"""Addresses of tiles that machines read."""

from __future__ import annotations

from django.urls import path

from cameras.views import coverage_file, tiles

app_name = "cameras"
urlpatterns = [
    path("cobertura/<int:file>/", coverage_file, name="coverage_file"),
    path("teselas/<slug:layer>/<int:zoom>/<int:column>/<int:row>.mvt", tiles, name="tiles"),
]
