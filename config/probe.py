"""Health checks of the containers, cheap enough to run every few seconds: `python -m config.probe web|worker`.

Only the standard library: a probe that loads Django would cost more than what it watches.
"""

from __future__ import annotations

import http.client
import os
import sys
import time
from pathlib import Path

LATEST_S = 45.0  # the worker tells every ten seconds that it lives


def web() -> bool:
    """The web server of this container answers and reaches its database."""
    port = int(os.environ.get("GRANIAN_PORT", "8000"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/salud/lista/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def worker() -> bool:
    """The worker of this container has told lately that it lives."""
    try:
        told = Path(os.environ["WORKER_ALIVE_FILE"]).stat().st_mtime
    except (OSError, KeyError):
        return False
    return time.time() - told < LATEST_S


if __name__ == "__main__":
    sys.exit(0 if {"web": web, "worker": worker}[sys.argv[1]]() else 1)
