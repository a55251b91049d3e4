"""What the log may say about an unexpected error: where and what kind, never a value of a row."""

from __future__ import annotations

import traceback
from typing import Any


def cause_of(error: BaseException) -> str:
    """Classes and places of an error and its causes. No message: it may quote a place or a victim."""
    told = []
    seen: Any = error
    while seen is not None:
        frames = traceback.extract_tb(seen.__traceback__)[-4:]
        places = " < ".join(f"{frame.name}:{frame.lineno} {_short(frame.filename)}" for frame in reversed(frames))
        diagnosis = getattr(seen, "diag", None)
        broken = getattr(diagnosis, "constraint_name", None)
        rule = f" constraint={broken}" if broken else ""
        state = f" sqlstate={seen.sqlstate}" if getattr(seen, "sqlstate", None) else ""
        told.append(f"{type(seen).__name__}{state}{rule} at {places}")
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return " | caused by ".join(told)


def _short(path: str) -> str:
    return "/".join(path.rsplit("/", 2)[-2:])
