"""The second half of the demo: hot spots, proposals, decisions and scores, each by the person who may do it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from config import loop
from config.demo.setting import Setting
from incidents.models import HotspotRun
from sectors.services.proposals import refuse_proposal

SENT_BECAUSE = "El exceso se mantiene frente a su entorno y en el último año; conviene verlo en terreno."
ACCEPTED_BECAUSE = "Coincide con lo que informan las juntas de vecinos y el patrullaje; pasa a diagnóstico."
REFUSED_BECAUSE = "Ya hay una intervención en curso en el lugar; se revisará al cierre del semestre."


def window_of(setting: Setting) -> loop.Window:
    """The last twelve months of the demo's history."""
    return loop.Window(setting.files.last_day - loop.YEAR + timedelta(days=1), setting.files.last_day)


def look_for_hotspots(setting: Setting) -> dict[str, Any]:
    """The analyst looks for hot spots in the last year."""
    run = loop.look_for_hotspots(commune=setting.commune, window=window_of(setting), asked_by=setting.analyst)
    return {"run": run.pk, "clusters": run.clusters.count(), "counts": run.counts}


def decide_proposals(setting: Setting) -> dict[str, Any]:
    """The analyst sends every proposal; the director accepts the stronger ones, refuses the last, lets one wait."""
    run = HotspotRun.objects.for_commune(setting.commune).order_by("-pk").first()
    sent = loop.propose_and_send(run=run, analyst=setting.analyst, reason=SENT_BECAUSE)
    refused = sent[-1:] if len(sent) > 1 else []
    waiting = sent[-2:-1] if len(sent) > 4 else []
    accepted = sent[: len(sent) - len(refused) - len(waiting)]
    sectors = loop.accept(proposals=accepted, director=setting.director, reason=ACCEPTED_BECAUSE)
    for proposal in refused:
        refuse_proposal(proposal=proposal, reason=REFUSED_BECAUSE, decided_by=setting.director)
    return {"proposals": len(sent), "sectors": len(sectors), "refused": len(refused), "waiting": len(waiting)}


def score(setting: Setting) -> dict[str, Any]:
    """The analyst scores the sectors over the last year."""
    run = loop.score(commune=setting.commune, window=window_of(setting), asked_by=setting.analyst)
    return {"run": run.pk, "scored": run.scores.count()}
