"""Operations that machines call."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from access.api import allowed
from community.schemas import GapList
from community.services.gaps import gaps

router = Router(tags=["community"])


@router.get("/community/gaps", response=GapList, auth=allowed("board.view"))
def list_gaps(request: HttpRequest) -> dict[str, Any]:
    """Focal territories in force that lack their board or their manager."""
    return {"gaps": list(gaps(commune=request.commune).values("id", "name", "has_board", "has_manager"))}  # type: ignore[attr-defined]
