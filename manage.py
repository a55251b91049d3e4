#!/usr/bin/env python
"""Django's command line. The private database runs while a command needs it."""

import contextlib
import os
import sys

from config import cluster

WITHOUT_DATABASE = {"help", "check", "version", "doctor", "makemessages", "compilemessages", "collectstatic"}


def database() -> contextlib.AbstractContextManager[None]:
    """The private cluster, held while the command runs, where the command wants one and none other is given."""
    verb = sys.argv[1] if len(sys.argv) > 1 else "help"
    elsewhere = os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE")
    if elsewhere or verb in WITHOUT_DATABASE or {"--help", "-h"} & set(sys.argv):
        return contextlib.nullcontext()
    return cluster.held(cluster.configured())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    try:
        with database():
            execute_from_command_line(sys.argv)
    except cluster.ClusterError as error:
        sys.exit(str(error))
