"""How the child says no: a code of a fixed table and a few plain values; the parent finds the words."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault
    """The whole file is refused for a reason of the parent's table."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values
