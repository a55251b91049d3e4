"""Addresses of tiles and files that machines read."""

from __future__ import annotations

from django.urls import path

from incidents.views import event_tiles, method_tiles, refused_file, refused_sheet, tiles

app_name = "incidents"
urlpatterns = [
    path("teselas/<int:zoom>/<int:column>/<int:row>.mvt", tiles, name="tiles"),
    path("eventos/<int:zoom>/<int:column>/<int:row>.mvt", event_tiles, name="event_tiles"),
    path("metodos/<slug:layer>/<int:zoom>/<int:column>/<int:row>.mvt", method_tiles, name="method_tiles"),
    path("rechazadas/<int:batch>.csv", refused_file, name="refused_file"),
    path("rechazadas/<int:batch>.xlsx", refused_sheet, name="refused_sheet"),
]
