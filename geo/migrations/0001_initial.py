import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.contrib.postgres.operations import CreateExtension
from django.db import migrations, models

import geo.constraints


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateExtension("postgis"),
        CreateExtension("pg_trgm"),
        CreateExtension("unaccent"),
        migrations.CreateModel(
            name="Commune",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cut_code", models.CharField(max_length=12, unique=True, verbose_name="CUT code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("boundary", django.contrib.gis.db.models.fields.MultiPolygonField(srid=4326, verbose_name="boundary")),
                ("metric_srid", models.PositiveIntegerField(verbose_name="metric reference system (EPSG)")),
                ("timezone", models.CharField(default="America/Santiago", max_length=60, verbose_name="time zone")),
                ("simulated", models.BooleanField(default=False, verbose_name="simulated data")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source of the boundary")),
            ],
            options={
                "verbose_name": "commune",
                "verbose_name_plural": "communes",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("metric_srid__gte", 1024), ("metric_srid__lte", 32767)),
                        name="commune_metric_srid_is_utm_or_sirgas",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cut_code", ""), _negated=True), name="commune_cut_code_not_empty"
                    ),
                    models.CheckConstraint(
                        condition=geo.constraints.SoundGeometry(models.F("boundary")), name="commune_boundary_sound"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SnapRelease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="geo.commune",
                        verbose_name="commune",
                    ),
                ),
            ],
            options={
                "verbose_name": "release of snap points",
                "verbose_name_plural": "releases of snap points",
            },
        ),
        migrations.CreateModel(
            name="SnapPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("point", django.contrib.gis.db.models.fields.PointField(srid=4326, verbose_name="point")),
                ("dwellings", models.PositiveIntegerField(default=0, verbose_name="dwellings it stands for")),
                (
                    "origin",
                    models.CharField(
                        choices=[("street", "Street"), ("hexagon", "Hexagon")], max_length=10, verbose_name="origin"
                    ),
                ),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="geo.commune",
                        verbose_name="commune",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="points",
                        to="geo.snaprelease",
                        verbose_name="release",
                    ),
                ),
            ],
            options={
                "verbose_name": "snap point",
                "verbose_name_plural": "snap points",
            },
        ),
        migrations.CreateModel(
            name="StreetSegment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("line", django.contrib.gis.db.models.fields.MultiLineStringField(srid=4326, verbose_name="line")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="geo.commune",
                        verbose_name="commune",
                    ),
                ),
            ],
            options={
                "verbose_name": "street segment",
                "verbose_name_plural": "street segments",
            },
        ),
        migrations.CreateModel(
            name="TerrainSurface",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[("dtm", "Bare terrain"), ("dsm", "Terrain with buildings")],
                        max_length=3,
                        verbose_name="kind",
                    ),
                ),
                ("path", models.CharField(max_length=300, verbose_name="file")),
                ("srid", models.PositiveIntegerField(verbose_name="reference system (EPSG)")),
                ("cell_m", models.FloatField(verbose_name="cell size (m)")),
                ("bounds", django.contrib.gis.db.models.fields.PolygonField(srid=4326, verbose_name="extent")),
                ("covered_ratio", models.FloatField(verbose_name="share of the commune covered")),
                ("lowest_m", models.FloatField(verbose_name="lowest height (m)")),
                ("highest_m", models.FloatField(verbose_name="highest height (m)")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256 of the given file")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="geo.commune",
                        verbose_name="commune",
                    ),
                ),
            ],
            options={
                "verbose_name": "terrain surface",
                "verbose_name_plural": "terrain surfaces",
            },
        ),
        migrations.CreateModel(
            name="TerritorialUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("unidad_vecinal", "Neighbourhood unit"),
                            ("cuadrante", "Police beat"),
                            ("manzana", "Census block"),
                            ("zona_censal", "Census zone"),
                            ("barrio", "Neighbourhood"),
                            ("macrosector", "Macro-sector"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("boundary", django.contrib.gis.db.models.fields.MultiPolygonField(srid=4326, verbose_name="boundary")),
                ("residents", models.PositiveIntegerField(blank=True, null=True, verbose_name="residents")),
                ("dwellings", models.PositiveIntegerField(blank=True, null=True, verbose_name="dwellings")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="geo.commune",
                        verbose_name="commune",
                    ),
                ),
            ],
            options={
                "verbose_name": "territorial unit",
                "verbose_name_plural": "territorial units",
            },
        ),
        migrations.CreateModel(
            name="Building",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "footprint",
                    django.contrib.gis.db.models.fields.MultiPolygonField(srid=4326, verbose_name="footprint"),
                ),
                ("height_m", models.FloatField(blank=True, null=True, verbose_name="height (m)")),
                ("levels", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="levels")),
                (
                    "height_source",
                    models.CharField(
                        choices=[
                            ("medida", "Measured"),
                            ("niveles", "From its levels"),
                            ("supuesta", "Assumed"),
                            ("desconocida", "Unknown"),
                        ],
                        default="desconocida",
                        max_length=20,
                        verbose_name="source of the height",
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="geo.commune",
                        verbose_name="commune",
                    ),
                ),
            ],
            options={
                "verbose_name": "building",
                "verbose_name_plural": "buildings",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("commune"),
                        models.Func(
                            models.Func(
                                models.F("footprint"), function="ST_AsBinary", output_field=models.BinaryField()
                            ),
                            function="MD5",
                            output_field=models.CharField(max_length=32),
                        ),
                        name="building_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("height_m", None), models.Q(("height_m__gt", 0), ("height_m__lte", 1000)), _connector="OR"
                        ),
                        name="building_height_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("levels", None), models.Q(("levels__gte", 1), ("levels__lte", 250)), _connector="OR"
                        ),
                        name="building_levels_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("height_source__in", ["medida", "niveles", "supuesta", "desconocida"])),
                        name="building_height_source_known",
                    ),
                    models.CheckConstraint(
                        condition=geo.constraints.SoundGeometry(models.F("footprint")), name="building_footprint_sound"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AddressPoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("street", models.CharField(blank=True, max_length=200, verbose_name="street")),
                ("number", models.CharField(blank=True, max_length=40, verbose_name="number")),
                ("point", django.contrib.gis.db.models.fields.PointField(srid=4326, verbose_name="point")),
                ("dwellings", models.PositiveIntegerField(default=1, verbose_name="dwellings")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="geo.commune",
                        verbose_name="commune",
                    ),
                ),
            ],
            options={
                "verbose_name": "address",
                "verbose_name_plural": "addresses",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("commune"),
                        models.F("street"),
                        models.F("number"),
                        models.Func(
                            models.Func(models.F("point"), function="ST_AsBinary", output_field=models.BinaryField()),
                            function="MD5",
                            output_field=models.CharField(max_length=32),
                        ),
                        name="address_point_once",
                    ),
                    models.CheckConstraint(
                        condition=geo.constraints.SoundGeometry(models.F("point")), name="address_point_point_sound"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MaskArea",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("water", "Water"), ("wetland", "Wetland"), ("forest", "Forest")],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("area", django.contrib.gis.db.models.fields.MultiPolygonField(srid=4326, verbose_name="area")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="geo.commune",
                        verbose_name="commune",
                    ),
                ),
            ],
            options={
                "verbose_name": "masked area",
                "verbose_name_plural": "masked areas",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("commune"),
                        models.F("kind"),
                        models.Func(
                            models.Func(models.F("area"), function="ST_AsBinary", output_field=models.BinaryField()),
                            function="MD5",
                            output_field=models.CharField(max_length=32),
                        ),
                        name="mask_area_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["water", "wetland", "forest"])), name="mask_area_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=geo.constraints.SoundGeometry(models.F("area")), name="mask_area_area_sound"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bar", "Bar"),
                            ("restaurante", "Restaurant"),
                            ("cafe", "Café"),
                            ("establecimiento_educacional", "School"),
                            ("establecimiento_salud", "Health establishment"),
                            ("paradero", "Bus stop"),
                            ("unidad_policial", "Police station"),
                            ("bomberos", "Fire station"),
                            ("comercio", "Shop"),
                            ("plaza", "Square"),
                            ("otro", "Other place"),
                        ],
                        max_length=40,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("point", django.contrib.gis.db.models.fields.PointField(srid=4326, verbose_name="point")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="geo.commune",
                        verbose_name="commune",
                    ),
                ),
            ],
            options={
                "verbose_name": "place",
                "verbose_name_plural": "places",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("commune"),
                        models.F("kind"),
                        models.F("name"),
                        models.Func(
                            models.Func(models.F("point"), function="ST_AsBinary", output_field=models.BinaryField()),
                            function="MD5",
                            output_field=models.CharField(max_length=32),
                        ),
                        name="place_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "bar",
                                    "restaurante",
                                    "cafe",
                                    "establecimiento_educacional",
                                    "establecimiento_salud",
                                    "paradero",
                                    "unidad_policial",
                                    "bomberos",
                                    "comercio",
                                    "plaza",
                                    "otro",
                                ],
                            )
                        ),
                        name="place_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=geo.constraints.SoundGeometry(models.F("point")), name="place_point_sound"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublicSpace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", django.contrib.gis.db.models.fields.MultiPolygonField(srid=4326, verbose_name="area")),
                (
                    "source",
                    models.CharField(
                        choices=[("given", "Given"), ("derived", "Derived")], max_length=10, verbose_name="source"
                    ),
                ),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="geo.commune",
                        verbose_name="commune",
                    ),
                ),
            ],
            options={
                "verbose_name": "public space",
                "verbose_name_plural": "public spaces",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("commune"),
                        models.F("source"),
                        models.Func(
                            models.Func(models.F("area"), function="ST_AsBinary", output_field=models.BinaryField()),
                            function="MD5",
                            output_field=models.CharField(max_length=32),
                        ),
                        name="public_space_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["given", "derived"])), name="public_space_source_known"
                    ),
                    models.CheckConstraint(
                        condition=geo.constraints.SoundGeometry(models.F("area")), name="public_space_area_sound"
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="snaprelease",
            constraint=models.UniqueConstraint(fields=("commune", "number"), name="snap_release_number_once"),
        ),
        migrations.AddConstraint(
            model_name="snaprelease",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="snap_release_has_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="snappoint",
            index=django.contrib.postgres.indexes.GistIndex(
                models.Func(
                    "point",
                    function="geography",
                    output_field=django.contrib.gis.db.models.fields.PointField(geography=True, srid=4326),
                ),
                name="snap_point_on_globe",
            ),
        ),
        migrations.AddConstraint(
            model_name="snappoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin__in", ["street", "hexagon"])), name="snap_point_origin_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="snappoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin", "hexagon"), ("dwellings", 0), ("dwellings__gte", 8), _connector="OR"),
                name="snap_point_street_has_catchment",
            ),
        ),
        migrations.AddConstraint(
            model_name="snappoint",
            constraint=models.CheckConstraint(
                condition=geo.constraints.SoundGeometry(models.F("point")), name="snap_point_point_sound"
            ),
        ),
        migrations.AddConstraint(
            model_name="streetsegment",
            constraint=models.UniqueConstraint(
                models.F("commune"),
                models.F("name"),
                models.Func(
                    models.Func(models.F("line"), function="ST_AsBinary", output_field=models.BinaryField()),
                    function="MD5",
                    output_field=models.CharField(max_length=32),
                ),
                name="street_segment_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="streetsegment",
            constraint=models.CheckConstraint(
                condition=geo.constraints.SoundGeometry(models.F("line")), name="street_segment_line_sound"
            ),
        ),
        migrations.AddConstraint(
            model_name="terrainsurface",
            constraint=models.UniqueConstraint(fields=("commune", "name"), name="terrain_surface_name_once"),
        ),
        migrations.AddConstraint(
            model_name="terrainsurface",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["dtm", "dsm"])), name="terrain_surface_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="terrainsurface",
            constraint=models.CheckConstraint(
                condition=models.Q(("cell_m__gt", 0), ("cell_m__lte", 1000)), name="terrain_surface_cell_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="terrainsurface",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("highest_m__lte", 7000), ("lowest_m__gte", -500), ("highest_m__gte", models.F("lowest_m"))
                ),
                name="terrain_surface_heights_plausible",
            ),
        ),
        migrations.AddConstraint(
            model_name="terrainsurface",
            constraint=models.CheckConstraint(
                condition=models.Q(("covered_ratio__gte", 0), ("covered_ratio__lte", 1)),
                name="terrain_surface_covered_is_ratio",
            ),
        ),
        migrations.AddConstraint(
            model_name="terrainsurface",
            constraint=models.CheckConstraint(
                condition=geo.constraints.SoundGeometry(models.F("bounds")), name="terrain_surface_bounds_sound"
            ),
        ),
        migrations.AddConstraint(
            model_name="territorialunit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_until", None)),
                fields=("commune", "kind", "code"),
                name="unit_code_in_force_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="territorialunit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["unidad_vecinal", "cuadrante", "manzana", "zona_censal", "barrio", "macrosector"])
                ),
                name="unit_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="territorialunit",
            constraint=models.CheckConstraint(
                condition=models.Q(("code", ""), _negated=True), name="unit_code_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="territorialunit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until", None), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                ),
                name="unit_validity_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="territorialunit",
            constraint=models.CheckConstraint(
                condition=geo.constraints.SoundGeometry(models.F("boundary")), name="unit_boundary_sound"
            ),
        ),
    ]
