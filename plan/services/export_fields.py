"""The columns of the export of sectors: full name, our own short name for the shapefile, title, kind."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from geo.writers import ExportField

SECTOR_FIELDS = [
    ExportField("codigo", "codigo", _("Code of the sector"), "text"),
    ExportField("nombre", "nombre", _("Name of the sector"), "text"),
    ExportField("tipologia", "tipologia", _("Typology"), "text"),
    ExportField("estado", "estado", _("Status of the sector"), "text"),
    ExportField("acto", "acto", _("Act that creates or changes the sector"), "text"),
    ExportField("vigente_desde", "desde", _("First day of the sector"), "date"),
    ExportField("vigente_hasta", "hasta", _("Day on which the sector ended"), "date"),
    ExportField("version", "version", _("Version of the sector in the catalogue"), "integer"),
    ExportField("superficie_ha", "sup_ha", _("Area (hectares)"), "decimal"),
    ExportField("puntaje", "puntaje", _("Risk score (0 to 100)"), "decimal"),
    ExportField("clase", "clase", _("Class of the score (1 lowest to 5 highest; empty: too few incidents)"), "integer"),
    ExportField("lugar", "lugar", _("Rank by score (1 is the highest)"), "integer"),
    ExportField("lugar_minimo", "lugar_min", _("Best plausible rank"), "integer"),
    ExportField("lugar_maximo", "lugar_max", _("Worst plausible rank"), "integer"),
    ExportField("incidentes", "incidentes", _("Reported incidents in the window"), "integer"),
    ExportField("confianza", "confianza", _("Confidence of the score (0 to 1)"), "decimal"),
    ExportField("concentracion", "concentr", _("Sub-index of concentration (0 to 100; empty: missing)"), "decimal"),
    ExportField(
        "percepcion", "percepcion", _("Sub-index of perceived insecurity (0 to 100; empty: missing)"), "decimal"
    ),
    ExportField("version_puntaje", "ver_puntaj", _("Version of the sector that was scored"), "integer"),
    ExportField("ventana_desde", "vent_desde", _("First day of the window of the score"), "date"),
    ExportField("ventana_hasta", "vent_hasta", _("Last day of the window of the score"), "date"),
    ExportField("esquema", "esquema", _("Version of the scoring scheme"), "integer"),
    ExportField("plan", "plan", _("Communal plan and its version"), "text"),
    ExportField("estrategias", "n_estrat", _("Number of strategies"), "integer"),
    ExportField("tipos", "tipos", _("Kinds of strategy (codes)"), "text"),
    ExportField("detalle", "detalle", _("Strategies: name, status, dates, causes"), "text"),
    ExportField("objetivos", "objetivos", _("Objectives of the plan (numbers)"), "text"),
    ExportField("responsables", "responsabl", _("Responsible units or institutions"), "text"),
    ExportField("estrategias_desde", "est_desde", _("First day of the strategies"), "date"),
    ExportField("estrategias_hasta", "est_hasta", _("Last day of the strategies"), "date"),
    ExportField("presupuesto_clp", "presup_clp", _("Budget of the strategies (CLP)"), "integer"),
    ExportField("simulado", "simulado", _("Simulated data: not a real commune"), "boolean"),
]
