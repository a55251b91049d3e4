"""The worker command, knowing the kinds of work of these tests: `python -m tests.access.run_worker [options]`."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

import tests.access.job_kinds  # noqa: E402,F401

call_command("work", *sys.argv[1:])
