"""What cameras cost and how exact they are: a city of 2 × 2 km at 1 m, beside the GDAL library of pyogrio's wheel.

Peers get the same eyes, ranges and ground. GRASS r.viewshed is not installed with us: its figure stands in the text,
from a run on a city of the same recipe (180 ms for 200 m, IoU 0.923 against exact walls).
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.bench import Measure, bench

if TYPE_CHECKING:
    from analysis.camera_view import CameraView
    from analysis.siting import SitingProblem
    from tests.analysis.cities import City
    from tests.bench._gdal_library import Surface

GDAL = "GDAL library (approximate)"
ROUNDS = 5


@cache
def _city() -> City:
    from analysis.compiled import warm
    from tests.analysis.cities import make_city

    warm()
    return make_city()


@cache
def _surface() -> Surface:
    from tests.analysis.cities import X0, Y0, surface_of
    from tests.bench._gdal_library import Surface

    return Surface(surface_of(_city()), X0, Y0)


def _views(count: int, range_m: float = 200.0, margin: float = 205.0) -> list[CameraView]:
    from tests.analysis.cities import poles

    return poles(_city(), count, range_m=range_m, margin=margin)


def _far(views: Sequence[CameraView]) -> list[CameraView]:
    """The same with a lens that is sharp to 1,000 m."""
    from dataclasses import replace

    return [replace(view, range_m=1000.0, field_of_view_deg=3.0) for view in views]


def _milliseconds(work: Callable[[CameraView], object], views: Sequence[CameraView]) -> float:
    """Mean over the cameras of the best CPU time; the library's own threads count."""
    best = []
    for view in views:
        rounds = []
        for _ in range(ROUNDS):
            start = time.process_time()
            work(view)
            rounds.append(time.process_time() - start)
        best.append(min(rounds))
    return float(np.mean(best)) * 1000


def _ours(view: CameraView) -> object:
    from analysis.camera_coverage import cover

    return cover(view, _city().scene)


def _theirs(view: CameraView) -> None:
    with _surface().viewshed(view.x, view.y, _city().scene.eye_of(view)[2], view.range_m):
        pass


def _seen(view: CameraView) -> np.ndarray:
    from tests.analysis.test_camera_coverage import seen

    return seen(view, _city().scene)


def _overlap(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / (one | other).sum())


# --- speed ------------------------------------------------------------------------------------------------


@bench("cameras-200m", what="one exact viewshed, 200 m at 1 m, dense city, one thread", unit="ms", limit=10)
def one_viewshed(workspace: Path) -> Measure:
    views = _views(20)
    return Measure(_milliseconds(_ours, views), peer=GDAL, peer_value=_milliseconds(_theirs, views))


@bench(
    "cameras-1000m", what="one viewshed, 1,000 m at 1 m, as a multiple of the GDAL library's time", unit="×", limit=3
)
def far_viewshed(workspace: Path) -> Measure:
    views = _far(_views(6, margin=985.0))
    ours, theirs = _milliseconds(_ours, views), _milliseconds(_theirs, views)
    return Measure(ours / theirs, peer=GDAL, peer_value=1.0)


@bench("cameras-100", what="100 exact viewsheds of 200 m, one thread", unit="s", limit=1)
def hundred(workspace: Path) -> Measure:
    from analysis.camera_coverage import cover_many

    views = _views(100)
    _surface()
    start = time.perf_counter()
    for _ in cover_many(views, _city().scene):
        pass
    ours = time.perf_counter() - start
    start = time.perf_counter()
    for view in views:
        _theirs(view)
    return Measure(ours, peer=GDAL, peer_value=time.perf_counter() - start)


@bench("cameras-1000", what="1,000 exact viewsheds of 200 m, counted and packed: CPU time of two threads together",
       unit="s", limit=6)  # fmt: skip
def thousand(workspace: Path) -> Measure:
    """The sum of both threads, so that a busy machine does not colour it; the wall clock of a quiet one shows half."""
    return Measure(_thousand()[0])


@bench(
    "cameras-1000-memory", what="memory of the whole process for 1,000 viewsheds and their bits", unit="MB", limit=600
)
def thousand_memory(workspace: Path) -> Measure:
    return Measure(_thousand()[1])


def _thousand() -> tuple[float, float]:
    """CPU seconds, and megabytes with every camera's bits kept as they are stored."""
    from analysis.camera_coverage import cover_many
    from analysis.coverage import CoverageTally
    from analysis.coverage_bits import pack_coverage

    views, scene = _views(1000, margin=5.0), _city().scene
    start = time.process_time()
    tally, kept = CoverageTally(scene.grid), []
    for told in cover_many(views, scene, threads=2):
        tally.add(told)
        kept.append(pack_coverage(told))
    seconds = time.process_time() - start
    assert tally.count.max() > 1
    assert len(kept) == 1000
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@bench("cameras-fixed", what="one fixed camera, 90° and 60 m at 1 m", unit="ms", limit=1)
def fixed(workspace: Path) -> Measure:
    from dataclasses import replace

    views = [
        replace(view, range_m=60.0, azimuth_deg=37.0 * number % 360, pan_deg=90.0)
        for number, view in enumerate(_views(20))
    ]
    return Measure(_milliseconds(_ours, views), peer=GDAL, peer_value=_milliseconds(_theirs, views))


@bench(
    "cameras-what-if", what="what a moved camera sees: rays, classes, bits and polygons, 200 m", unit="ms", limit=300
)
def what_if(workspace: Path) -> Measure:
    from analysis.camera_coverage import cover
    from analysis.coverage_bits import pack_coverage
    from analysis.coverage_polygons import class_polygons

    def all_of_it(view: CameraView) -> None:
        told = cover(view, _city().scene)
        pack_coverage(told)
        class_polygons(told)

    return Measure(_milliseconds(all_of_it, _views(10)))


# --- exactness --------------------------------------------------------------------------------------------


@bench("cameras-rays", what="3,000 random rays that differ from shapely's geometry", unit="rays", limit=0)
def rays(workspace: Path) -> Measure:
    import shapely

    from analysis.camera_coverage import cover_places
    from tests.analysis.cities import X0, Y0, make_city, poles
    from tests.analysis.test_camera_coverage import _by_shapely

    town = make_city(5, 420, flat=True)
    generator, tree = np.random.default_rng(1), shapely.STRtree(town.footprints)
    differ = judged = 0
    for view in poles(town, 60, seed=8, margin=20):
        places = generator.uniform([X0 + 1, Y0 + 1], [X0 + 419, Y0 + 419], (400, 2))
        built = np.unique(tree.query(shapely.points(places), predicate="intersects")[0])
        places = np.delete(places, built, axis=0)
        places = places[np.hypot(*(places - [view.x, view.y]).T) < 200]
        told = cover_places(view, town.scene, places) > 0
        differ += int((told != _by_shapely(view, places, town, tree, 12.0)).sum())
        judged += len(places)
    assert judged >= 3000
    return Measure(differ)


@bench("cameras-iou", what="overlap (IoU) with the slow exact reference, walls on hills, 200 m; GRASS: 0.923",
       unit="ratio", limit=1.0, at_least=True)  # fmt: skip
def exactness(workspace: Path) -> Measure:
    from tests.analysis.test_camera_coverage import oracle

    ours, theirs = [], []
    mask = _city().scene.grid.mask
    for view in _views(4):
        truth = oracle(view, _city())
        ours.append(_overlap(_seen(view), truth))
        eye = _city().scene.eye_of(view)[2]
        theirs.append(_overlap(_surface().visible(view.x, view.y, eye, 200.0) & mask, truth))
    return Measure(float(np.mean(ours)), peer=GDAL, peer_value=float(np.mean(theirs)))


@bench("cameras-iou-gdal", what="overlap (IoU) of the GDAL library with our walls, 20 cameras of 200 m", unit="ratio")
def gdal_overlap(workspace: Path) -> Measure:
    mask = _city().scene.grid.mask
    told = []
    for view in _views(20):
        theirs = _surface().visible(view.x, view.y, _city().scene.eye_of(view)[2], 200.0) & mask
        told.append(_overlap(_seen(view), theirs))
    return Measure(float(np.mean(told)))


@bench("cameras-horizon", what="cells that differ where a horizon stands for ground beyond 300 m, open hills, 1,000 m",
       unit="%", limit=1)  # fmt: skip
def horizon(workspace: Path) -> Measure:
    from analysis.camera_coverage import cover
    from analysis.camera_view import SightRules
    from analysis.scene import Scene

    bare = Scene(_city().scene.grid, None, _city().relief)
    differ = seen = 0
    for view in _far(_views(3, margin=600.0)):
        quick, exact = cover(view, bare), cover(view, bare, SightRules(terrain="exact"))
        differ += int((quick.visible ^ exact.visible).sum())
        seen += int(exact.visible.sum())
    return Measure(100 * differ / seen)


@bench("cameras-open-plain", what="worst case, nothing stops a ray: 1,000 m of open hills at 1 m", unit="ms")
def open_plain(workspace: Path) -> Measure:
    from analysis.camera_coverage import cover
    from analysis.scene import Scene

    bare = Scene(_city().scene.grid, None, _city().relief)
    views = _far(_views(2, margin=985.0))
    return Measure(_milliseconds(lambda view: cover(view, bare), views))


@bench("cameras-golden-recall", what="least recall on eight golden viewsheds of real surfaces; peer: GDAL's least IoU",
       unit="ratio", limit=0.99, at_least=True)  # fmt: skip
def golden_recall(workspace: Path) -> Measure:
    told = _golden()
    return Measure(min(one["recall"] for one in told), peer="GDAL", peer_value=min(one["gdal"] for one in told))


@bench("cameras-golden-alarms", what="most false alarms on the eight golden viewsheds", unit="ratio", limit=0.002)
def golden_alarms(workspace: Path) -> Measure:
    return Measure(max(one["false_alarms"] for one in _golden()))


@bench("cameras-golden-exhaustive", what="least IoU with the exhaustive ray test on the eight golden viewsheds",
       unit="ratio", limit=0.97, at_least=True)  # fmt: skip
def golden_exhaustive(workspace: Path) -> Measure:
    return Measure(min(one["exhaustive"] for one in _golden()))


@bench("cameras-golden-grass", what="least IoU with GRASS r.viewshed on the eight golden viewsheds",
       unit="ratio", limit=0.96, at_least=True)  # fmt: skip
def golden_grass(workspace: Path) -> Measure:
    return Measure(min(one["grass"] for one in _golden()))


def _golden() -> list[dict[str, float]]:
    from tests.analysis.test_golden_viewsheds import OBSERVERS, golden_figures

    return [golden_figures(place, observer) for place, observer in OBSERVERS]


# --- siting -----------------------------------------------------------------------------------------------


def _problem(sites: int, places: int) -> SitingProblem:
    """Sites on facades, demand on public ground that is heavier around twelve places, domes that see 100 m."""
    from analysis.siting import Device, demand_points, facade_sites, sight_matrix
    from tests.analysis.cities import X0, Y0

    city, generator = _city(), np.random.default_rng(1)
    facades = facade_sites(city.footprints, spacing_m=15.0)
    chosen = facades[generator.choice(len(facades), sites, replace=False)]
    rows, columns = np.nonzero(city.scene.grid.mask)
    pick = generator.choice(rows.size, places, replace=False)
    x, y = X0 + columns[pick] + 0.5, Y0 + rows[pick] + 0.5
    middles = generator.uniform([X0 + 200, Y0 + 200], [X0 + 1800, Y0 + 1800], (12, 2))
    weights = 0.05 + sum(np.exp(-((x - a) ** 2 + (y - b) ** 2) / 45_000) for a, b in middles)
    dome = Device("ptz", 3.0, 8.0, 100.0, 10.0, pixels_across=9000)
    return sight_matrix(chosen, [dome], demand_points(x, y, weights), city.scene, threads=2)


@bench("siting-2000", what="proven best 20 of 2,000 sites for 20,000 places, from the matrix on; peer: rows unmerged, "
       "HiGHS alone", unit="s", limit=3)  # fmt: skip
def siting(workspace: Path) -> Measure:
    import highspy

    from analysis.siting_bounds import Instance, _solver
    from analysis.siting_choice import choose_sites

    problem = _problem(2000, 20_000)
    start = time.perf_counter()
    plan = choose_sites(problem, cameras=20)
    ours = time.perf_counter() - start
    assert plan.proven, plan.gap_ratio
    start = time.perf_counter()
    whole = Instance(problem.sees, problem.weights, np.ones(problem.columns), 20.0, problem.site, 1)
    solver = _solver(whole, integer=True)
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    assert -solver.getInfo().objective_function_value <= plan.bound * (1 + 2e-4)
    return Measure(ours, peer="HiGHS alone", peer_value=time.perf_counter() - start)


@bench("siting-greedy", what="lazy greedy, 20 of 2,000 sites for 20,000 places", unit="s", limit=0.2)
def greedy(workspace: Path) -> Measure:
    from analysis.siting_choice import _greedy, _instance

    instance = _instance(_problem(2000, 20_000), 20, None, 1)
    start = time.perf_counter()
    _greedy(instance)
    return Measure(time.perf_counter() - start)


@bench(
    "siting-10000",
    what="10,000 sites for 100,000 places, best 50: CPU time with the matrix",
    unit="s",
    limit=60,
)
def large(workspace: Path) -> Measure:
    return Measure(_large()[0])


@bench("siting-10000-gap", what="10,000 sites for 100,000 places, best 50: proven gap in that time", unit="%", limit=1)
def large_gap(workspace: Path) -> Measure:
    return Measure(_large()[1])


def _large() -> tuple[float, float]:
    """CPU seconds, so that a busy machine does not colour them, and the gap in percent."""
    from analysis.siting_choice import choose_sites

    _city()
    start = time.process_time()
    plan = choose_sites(_problem(10_000, 100_000), cameras=50, seconds=20)
    return time.process_time() - start, 100 * plan.gap_ratio
