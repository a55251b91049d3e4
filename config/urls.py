"""Every address: pages from maps, tiles and machine answers from the apps that own them."""

from django.urls import include, path

from config.api import api
from config.health import alive, ready

urlpatterns = [
    path("salud/viva/", alive, name="alive"),
    path("salud/lista/", ready, name="ready"),
    path("api/", api.urls),
    path("archivos/geografia/", include("geo.urls")),
    path("archivos/incidentes/", include("incidents.urls")),
    path("archivos/camaras/", include("cameras.urls")),
    path("archivos/sectores/", include("sectors.urls")),
    path("archivos/plan/", include("plan.urls")),
    path("", include("maps.urls")),
]

handler500 = "maps.views.errors.server_error"
