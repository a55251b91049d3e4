"""Answers that no view should have to write: private by default, and named errors as the right HTTP status."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from geo.errors import AtalayaError

Answer = Callable[[HttpRequest], HttpResponse]


def private_by_default(get_response: Answer) -> Answer:
    """Nothing of ours is kept by a shared cache, and a page may use the place sensor only of its own host."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(), microphone=(), payment=()")
        return response

    return middleware


class named_errors:  # noqa: N801 - named as the function it stands in for
    """Turns the errors of `geo.errors` into their HTTP status, as a page or as JSON."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, AtalayaError):
            return None
        if request.path.startswith("/api/") or request.headers.get("Accept", "").startswith("application/json"):
            return JsonResponse({"detail": str(exception)}, status=exception.status)
        return render(request, "maps/refused.html", {"message": str(exception)}, status=exception.status)
