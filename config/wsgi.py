"""WSGI entry point."""

import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()


def _warm() -> None:
    """Have the kernels of the analysis ready before the first page asks for them; pages are served meanwhile."""
    from analysis.compiled import warm

    warm()


threading.Thread(target=_warm, name="warm kernels", daemon=True).start()
