"""Operations that machines call."""

from __future__ import annotations

from ninja import Router

router = Router(tags=["plan"])
