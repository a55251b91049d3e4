"""Turning heads: what they could see, and the chance that, on their tour, they look when something happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.arrays import BoolArray, FloatArray
from analysis.camera_coverage import CameraCoverage, cover
from analysis.camera_view import CameraView, SightRules
from analysis.errors import EmptyInputError, ParameterError
from analysis.grid import Grid
from analysis.optics import FULL_TURN_DEG
from analysis.scene import Scene


@dataclass(frozen=True)
class Preset:
    """One stop of a tour: the view with its own azimuth and opening, how long it stays, how long moving to it takes."""

    view: CameraView
    dwell_s: float
    move_s: float = 0.0

    def __post_init__(self) -> None:
        if not (self.dwell_s > 0 and self.move_s >= 0 and np.isfinite(self.dwell_s + self.move_s)):
            raise ParameterError(
                "A preset stays {dwell} s and moves {move} s; it must stay above zero and move at least zero seconds.",
                dwell=self.dwell_s,
                move=self.move_s,
            )


@dataclass(frozen=True, eq=False)
class ExpectedCoverage:
    """Chance (0 to 1) that an event is caught, per cell (rows, columns) of the window that the coverage describes."""

    coverage: CameraCoverage
    probability: npt.NDArray[np.float32]
    event_s: float

    def windows(self, grid: Grid) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
        """As `CameraCoverage.windows`."""
        return self.coverage.windows(grid)


def potential(head: CameraView, scene: Scene, rules: SightRules | None = None) -> CameraCoverage:
    """All that an operator could look at: the head's pan, its steepest tilt, the lens at its tele end, its range.

    A layer of its own: never counted as what is seen at every instant.
    """
    return cover(replace(head, tilt_deg=None), scene, rules)


def cycle_s(presets: Sequence[Preset]) -> float:
    """Seconds of a whole tour. Raises `EmptyInputError` without presets."""
    if not presets:
        raise EmptyInputError("The tour has no presets.")
    return float(sum(preset.dwell_s + preset.move_s for preset in presets))


def catch_probability(presets: Sequence[Preset], seen: BoolArray, *, event_s: float) -> FloatArray:
    """Chance that an event of `event_s` seconds, begun at any time, meets a preset that sees its place.

    `seen` (presets, places). Each stop's window [start, end] is widened backwards by the event's length; the union of
    the windows, around the cycle, over the cycle. One preset: min(1, (dwell + event) / cycle).
    """
    whole = cycle_s(presets)
    if not (np.isfinite(event_s) and event_s >= 0):
        raise ParameterError("The event lasts {value} s; it must be a finite number of at least zero.", value=event_s)
    cuts, windows = _windows(presets, whole, event_s)
    length = np.diff(cuts)
    middle = (cuts[:-1] + cuts[1:]) / 2
    inside = np.stack([_holds(window, middle, whole) for window in windows])
    caught = (seen.T.astype(np.float64) @ inside.astype(np.float64)) > 0
    return np.asarray(np.minimum(caught @ length / whole, 1.0))


def expected(
    presets: Sequence[Preset], scene: Scene, rules: SightRules | None = None, *, event_s: float = 0.0
) -> ExpectedCoverage:
    """The chance that a head on tour catches an event, per cell; with no length it is the share of time in view.

    All presets stand at one place. The class of a cell is the best that any preset gives it. Raises `EmptyInputError`
    without presets.
    """
    cycle_s(presets)
    window = _joined([cover(preset.view, scene, rules) for preset in presets])
    masks = np.stack([view.visible.ravel() for view in window])
    chance = catch_probability(presets, masks, event_s=event_s)
    classes = np.max(np.stack([view.classes for view in window]), axis=0)
    whole = replace(window[0], classes=classes, unknown=np.logical_or.reduce([view.unknown for view in window]))
    return ExpectedCoverage(whole, chance.reshape(classes.shape).astype(np.float32), event_s)


def expected_without_tour(
    head: CameraView, scene: Scene, rules: SightRules | None = None, *, wide_deg: float | None = None
) -> ExpectedCoverage:
    """Without a tour the only honest figure: opening / 360 (or / pan) of all that the head could see.

    `wide_deg` is the opening that is usually watched with; by default the lens' own.
    """
    could = potential(head, scene, rules)
    share = min((head.opening_deg if wide_deg is None else wide_deg) / min(head.width_deg, FULL_TURN_DEG), 1.0)
    return ExpectedCoverage(could, np.where(could.visible, share, 0.0).astype(np.float32), 0.0)


def _windows(presets: Sequence[Preset], whole: float, event_s: float) -> tuple[FloatArray, list[tuple[float, float]]]:
    """Cuts of the cycle and per preset the window (start, length), starts in the cycle."""
    clock, windows, cuts = 0.0, [], [0.0, whole]
    for preset in presets:
        clock += preset.move_s
        length = min(preset.dwell_s + event_s, whole)
        start = (clock - event_s) % whole
        windows.append((start, length))
        cuts += [start, (start + length) % whole]
        clock += preset.dwell_s
    return np.unique(cuts), windows


def _holds(window: tuple[float, float], at: FloatArray, whole: float) -> BoolArray:
    start, length = window
    return np.asarray((at - start) % whole < length)


def _joined(views: Sequence[CameraCoverage]) -> list[CameraCoverage]:
    """The same coverages on the one window that holds all of them."""
    bottom, left = min(view.first_row for view in views), min(view.first_column for view in views)
    top = max(view.first_row + view.classes.shape[0] for view in views)
    right = max(view.first_column + view.classes.shape[1] for view in views)
    joined = []
    for view in views:
        rows, columns = view.classes.shape
        margin = (
            (view.first_row - bottom, top - view.first_row - rows),
            (view.first_column - left, right - view.first_column - columns),
        )
        joined.append(
            replace(
                view,
                first_row=bottom,
                first_column=left,
                classes=np.pad(view.classes, margin),
                unknown=np.pad(view.unknown, margin),
            )
        )
    return joined
