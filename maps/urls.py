"""Addresses of pages, in Spanish as the users read them."""

from __future__ import annotations

from django.urls import path

from maps.views import entry, map

app_name = "maps"
urlpatterns = [
    path("", entry.home, name="home"),
    path("entrar/", entry.sign_in, name="sign_in"),
    path("salir/", entry.sign_out, name="sign_out"),
    path("comuna/", entry.choose_commune, name="choose_commune"),
    path("mapa/", map.map_page, name="map"),
    path("mapa/leyenda/", map.legend, name="legend"),
    path("ayuda/", entry.help_page, name="help"),
]
