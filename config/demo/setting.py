"""What the stages of a demo share: where its files lie, its commune, who acts in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from access.models import User
from access.roles import Role
from config.demo.files import DemoFiles


@dataclass
class Setting:
    """One demo while it runs. What else a stage needs it reads from the database, so that any stage can resume."""

    files: DemoFiles
    commune: Any = None
    people: dict[str, User] = field(default_factory=dict)

    @property
    def analyst(self) -> User:
        return self.people[Role.ANALYST]

    @property
    def director(self) -> User:
        return self.people[Role.DIRECTOR]

    @property
    def planner(self) -> User:
        return self.people[Role.PLANNER]

    @property
    def manager(self) -> User:
        return self.people[Role.MANAGER]
