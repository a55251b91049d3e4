"""What this installation has already loaded of a demo: stages done, their facts and seconds, kept beside its files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Self


@dataclass
class Manifest:
    """Progress of one demo. A stage that was cut off is not in it and runs again."""

    path: Path
    seed: int
    code_version: str
    last_day: str
    stages: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """The manifest at a path; None where there is none or it cannot be read."""
        try:
            return cls(path=path, **json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def note(self, stage: str, *, seconds: float, facts: dict[str, Any]) -> None:
        """Write down that a stage is done; the file is replaced in one step."""
        self.stages[stage] = {"seconds": round(seconds, 2), "facts": facts}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        content = {name: value for name, value in asdict(self).items() if name != "path"}
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
        fresh.replace(self.path)

    @property
    def until(self) -> date:
        """Last day of the history."""
        return date.fromisoformat(self.last_day)

    def fact(self, stage: str, name: str, default: Any = None) -> Any:
        """One fact of a stage that is done."""
        return self.stages.get(stage, {}).get("facts", {}).get(name, default)

    def seconds(self) -> dict[str, float]:
        """Seconds per stage."""
        return {name: stage["seconds"] for name, stage in self.stages.items()}
