"""Addresses of files that leave the house."""

from __future__ import annotations

from django.urls import path

from plan.views import export_file

app_name = "plan"
urlpatterns = [path("exportaciones/<int:file>/", export_file, name="export_file")]
