"""The ledger: every act that changes a commune's incidents takes the next number, one act at a time."""

from __future__ import annotations

from typing import Any

from django.db import connection

from incidents.models import ImportBatch, Ledger

LOCK_CLASS = 20_602  # first half of the advisory lock's key; the second is the commune


def latest_sequence(commune: Any) -> int:
    """Number of the last act that changed the commune's incidents, 0 where there is none."""
    return int(Ledger.objects.for_commune(commune).latest_number())


def lock_ledger(commune: Any) -> None:
    """Let no other act change the commune's incidents until this transaction ends."""
    if not connection.in_atomic_block:
        raise RuntimeError("the ledger is locked inside a transaction, else the lock would be gone at once")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, commune.pk])


def next_entry(*, commune: Any, act: str, user: Any, batch: ImportBatch | None = None) -> Ledger:
    """Give the next number to an act. The caller holds the lock (`lock_ledger`) since before it read anything."""
    number = latest_sequence(commune) + 1
    return Ledger.objects.create(commune=commune, number=number, act=act, user=user, batch=batch)
