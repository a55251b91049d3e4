"""Starts the private test cluster before pytest-django reads the settings."""

import os

if not os.environ.get("DATABASE_URL"):
    os.environ.setdefault("ATALAYA_CLUSTER", "test")
    from config import cluster

    cluster.start(cluster.configured())
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # sync playwright runs an event loop beside the ORM
os.environ.setdefault("ATALAYA_TESTING", "1")
