"""The planted truth against what the loop proposed. Read only after the proposals are made."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from analysis.accuracy import proposal_accuracy
from config.demo.setting import Setting
from geo.crs import geometry_to_metric
from geo.frames import study_area
from sectors.models import TerritoryProposal


def compare_with_truth(setting: Setting) -> dict[str, Any]:
    """Share of the planted hot spots that proposals found, share of the ground that proposals cover."""
    truth = json.loads((setting.files.folder / "verdad" / "truth.json").read_text(encoding="utf-8"))
    places = np.array([place for spot in truth["hotspots"] for place in spot["places"]]).reshape(-1, 2)
    planted = np.repeat(
        [spot["number"] for spot in truth["hotspots"]], [len(spot["places"]) for spot in truth["hotspots"]]
    )
    proposals = TerritoryProposal.objects.for_commune(setting.commune)
    result = proposal_accuracy(
        [geometry_to_metric(proposal.boundary, commune=setting.commune) for proposal in proposals],
        x=places[:, 0],
        y=places[:, 1],
        planted=planted,
        area=study_area(setting.commune),
    )
    return {
        "planted": len(truth["hotspots"]),
        "recall": result.recall,
        "shares": {str(number): round(share, 4) for number, share in result.shares.items()},
        "proposed_area_ratio": round(result.area_ratio, 6),
    }
