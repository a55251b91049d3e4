"""Answers to what was not expected."""

from __future__ import annotations

import logging
import secrets
import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from access.services.support import cause_of

logger = logging.getLogger(__name__)


def server_error(request: HttpRequest) -> HttpResponse:
    """A page with a support code; the log holds the cause under the same code, without values of rows."""
    code = secrets.token_hex(4).upper()
    error = sys.exc_info()[1]
    logger.error("page failed [%s] %s: %s", code, request.method, cause_of(error) if error else "unknown")
    return render(request, "500.html", {"code": code}, status=500)
