"""A plant with people: cheap hashes, a clock that is set, two organisations."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ledger.reference import Reference, load
from ledger.services.identity import administrators, invitations, sessions
from ledger.services.identity.passwords import Passwords
from ledger.services.identity.ports import Ports
from ledger.services.identity.sessions import Entered, Opened
from tests.services.world import OPERATOR, PRODUCER, REGULATOR, USCC, World, organisation

PASSWORD = "copper lantern drifts slowly"
OTHER_PASSWORD = "seven quiet harbours wait"


@dataclass
class Plant:
    """A world and its people."""

    world: World
    ports: Ports
    tokens: list[str] = field(default_factory=list)

    def invite(self, login: str, *roles: str, org: str = PRODUCER) -> str:
        return invitations.invite(
            self.ports, org, invitations.Person(login, login.title(), roles or ("operator",)), by="x"
        )

    def join(self, login: str, *roles: str, org: str = PRODUCER, password: str = PASSWORD) -> Opened:
        return invitations.accept(self.ports, self.invite(login, *roles, org=org), password, "Firefox · Linux")

    def admin(self, login: str = "li.wei", org: str = PRODUCER) -> Opened:
        return invitations.accept(self.ports, administrators.first(self.ports, org, login), PASSWORD)

    def entered(self, opened: Opened) -> Entered:
        found = sessions.find(self.ports, opened.secret)
        assert found is not None
        return found

    def user(self, opened: Opened) -> str:
        found = self.entered(opened).user
        assert found is not None
        return found

    def pass_time(self, ms: int) -> None:
        self.world.clock.set(self.world.clock.now_ms() + ms)


@pytest.fixture(scope="session")
def reference() -> Reference:
    return load()


@pytest.fixture
def plant(tmp_path: Path, reference: Reference) -> Iterator[Plant]:
    world = World(tmp_path, reference)
    world.create()
    world.furnish()
    regulator = organisation(REGULATOR, "应急局", USCC[1], "authority") | {"authority": "emergency"}
    world.append("governance.organisation_admitted", OPERATOR, organisation=regulator)
    yield Plant(world, Ports(world.ledger, passwords=Passwords(memory_kib=64, passes=1, lanes=1)))
    world.ledger.close()
