"""The duel: several people save one sector at once. Every acknowledged save is in the history, none overwritten."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pytest
from django.db import connection

from sectors.errors import StaleVersionError
from sectors.models import RiskSector, RiskSectorVersion
from sectors.services.catalogue import redraw_sector
from tests.factories.access import MembershipFactory
from tests.factories.sectors import RiskSectorFactory
from tests.sectors.conftest import drawing

CLIENTS, SAVES = 4, 50


@dataclass
class Client:
    """One person who reads, draws, saves, and on conflict reads again, until all the saves are acknowledged."""

    number: int
    saves: int = SAVES
    acknowledged: list[tuple[int, str]] = field(default_factory=list)
    conflicts: int = 0
    unexpected: list[BaseException] = field(default_factory=list)

    def save_all(self, sector_id: int, user_id: int) -> None:
        try:
            for save in range(self.saves):
                self._save_one(sector_id, user_id, f"cliente {self.number} guardado {save}")
        except BaseException as error:
            self.unexpected.append(error)
        finally:
            connection.close()

    def _save_one(self, sector_id: int, user_id: int, reason: str) -> None:
        from access.models import User

        user = User.objects.get(pk=user_id)
        while True:
            seen = RiskSector.objects.get(pk=sector_id)
            shape = drawing(self.number * 100 + len(self.acknowledged))
            try:
                saved = redraw_sector(
                    sector=seen, boundary=shape, expected_version=seen.version, reason=reason, edited_by=user
                )
            except StaleVersionError:
                self.conflicts += 1
                continue
            self.acknowledged.append((saved.version, reason))
            return


@pytest.fixture
def fought() -> tuple[RiskSector, list[Client]]:
    sector = RiskSectorFactory()
    user = MembershipFactory(commune=sector.commune).user
    clients = [Client(number) for number in range(CLIENTS)]
    threads = [threading.Thread(target=client.save_all, args=(sector.pk, user.pk)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [client.unexpected for client in clients] == [[]] * CLIENTS
    return sector, clients


@pytest.mark.django_db(transaction=True)
def test_no_acknowledged_save_is_lost_in_a_duel(fought: tuple[RiskSector, list[Client]]) -> None:
    sector, clients = fought
    acknowledged = {pair for client in clients for pair in client.acknowledged}
    written = set(RiskSectorVersion.objects.filter(sector=sector, version__gt=1).values_list("version", "reason"))
    assert acknowledged == written
    assert len(acknowledged) == CLIENTS * SAVES
    assert RiskSector.objects.get(pk=sector.pk).version == 1 + CLIENTS * SAVES
    assert sum(client.conflicts for client in clients) > 0, "nobody collided: the duel proved nothing"
