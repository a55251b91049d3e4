"""Health checks for the proxy and the operator: alive says the process answers, ready says the database does too."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse

from access.decorators import public


@public
def alive(request: HttpRequest) -> HttpResponse:
    """200 while the process answers."""
    return HttpResponse("viva", content_type="text/plain; charset=utf-8")


@public
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, else 503 with Retry-After."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT postgis_lib_version()")
    except DatabaseError:
        response = HttpResponse("sin base de datos", status=503, content_type="text/plain; charset=utf-8")
        response["Retry-After"] = "5"
        return response
    return HttpResponse("lista", content_type="text/plain; charset=utf-8")
