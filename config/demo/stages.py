"""The demo's loop as a list of named stages, each timed and written down when it is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

import analysis
from access.models import Membership
from config.demo import deciding, loading, planning, truth
from config.demo.files import DemoFiles, first_day_of
from config.demo.geography import commune_code
from config.demo.manifest import Manifest
from config.demo.setting import Setting
from geo.models import Commune

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Stage:
    """One step of the loop: its name for machines, its title for people, what it does."""

    name: str
    title: str | Promise
    run: Callable[[Setting], dict[str, Any]]


STAGES = (
    Stage("files", _("Simulating the commune and writing its files"), loading.write_files),
    Stage("commune", _("Opening the commune and its people"), loading.open_commune),
    Stage("geography", _("Importing the geography"), loading.import_geography),
    Stage("ground", _("Deriving public space and mask points"), loading.prepare_ground),
    Stage("incidents", _("Importing the incidents"), loading.import_register),
    Stage("observations", _("Importing events, cameras, factors and perception"), loading.import_observations),
    Stage("coverage", _("Computing what the cameras see"), loading.see_coverage),
    Stage("hotspots", _("Looking for hot spots"), deciding.look_for_hotspots),
    Stage("proposals", _("Proposing territories and deciding on them"), deciding.decide_proposals),
    Stage("focal", _("Focal territories, boards and managers"), planning.focalise),
    Stage("score", _("Scoring the sectors"), deciding.score),
    Stage("plan", _("Writing the plan: strategies and indicators"), planning.write_plan),
    Stage("exports", _("Exporting sectors"), planning.export),
    Stage("truth", _("Comparing with the planted truth"), truth.compare_with_truth),
)


def folder_of(seed: int) -> Path:
    """Folder of one demo's files in this installation."""
    return Path(settings.STATE_DIR) / "demo" / f"seed-{seed}"


def manifest_of(seed: int) -> Manifest | None:
    """What is loaded of a demo. None where its commune is not in the database, whatever the folder says."""
    manifest = Manifest.read(folder_of(seed) / "manifest.json")
    loaded = Commune.objects.filter(cut_code=commune_code(seed)).exists()
    return manifest if loaded else None


def is_complete(manifest: Manifest | None) -> bool:
    """True where every stage is done by this version of the code."""
    return (
        manifest is not None
        and manifest.code_version == analysis.__version__
        and all(stage.name in manifest.stages for stage in STAGES)
    )


def run_stages(manifest: Manifest, *, tell: Tell) -> None:
    """Run the stages that are not done yet, in order."""
    setting = _setting(manifest)
    for number, stage in enumerate(STAGES, start=1):
        if stage.name in manifest.stages:
            continue
        tell(f"[{number}/{len(STAGES)}] {stage.title}")
        begun = time.perf_counter()
        facts = stage.run(setting)
        manifest.note(stage.name, seconds=time.perf_counter() - begun, facts=facts)


def _setting(manifest: Manifest) -> Setting:
    files = DemoFiles(folder_of(manifest.seed), manifest.seed, first_day_of(manifest.until), manifest.until)
    setting = Setting(files=files)
    setting.commune = Commune.objects.filter(cut_code=commune_code(manifest.seed)).first()
    if setting.commune is not None:
        seats = Membership.objects.filter(commune=setting.commune).select_related("user")
        setting.people = {seat.role: seat.user for seat in seats}
    return setting


def fresh_manifest(*, seed: int, last_day: str) -> Manifest:
    """A manifest with nothing done."""
    return Manifest(folder_of(seed) / "manifest.json", seed, analysis.__version__, last_day)
