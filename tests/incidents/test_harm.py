"""Tables of harm weights: one version at a time, also where two people need the first one at once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from geo.models import Commune
from incidents.models import HarmTable
from incidents.services.harm import default_harm_table

WAIT_S = 20
WAITING = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"


def waiting_sessions() -> int:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)  # the second first use waits for the commit of the first
def test_two_first_uses_at_once_give_one_table(commune: Commune) -> None:
    found: list[object] = []

    def use() -> None:
        try:
            found.append(default_harm_table(commune=commune).pk)
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=use)
    with transaction.atomic():
        first = default_harm_table(commune=commune)
        other.start()
        pause, waited = threading.Event(), 0.0
        while not waiting_sessions() and waited < WAIT_S:
            pause.wait(0.05)
            waited += 0.05
    other.join(WAIT_S)
    assert found == [first.pk]
    assert HarmTable.objects.for_commune(commune).count() == 1
