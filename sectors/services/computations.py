"""Which function computes which method."""

from __future__ import annotations

from incidents.models import Method, MethodRun
from incidents.services.cluster_methods import clusters, tiling
from incidents.services.grid_methods import density, relative, significance
from incidents.services.methods import Compute, computed
from sectors.services.change import change

COMPUTATIONS: dict[str, Compute] = {
    Method.DENSITY.value: density,
    Method.RELATIVE.value: relative,
    Method.SIGNIFICANCE.value: significance,
    Method.CLUSTERS.value: clusters,
    Method.CHANGE.value: change,
    Method.TILING.value: tiling,
}


def repeats(run: MethodRun) -> bool:
    """True where a stored run, computed again from what it read, gives its result byte for byte."""
    return computed(run, COMPUTATIONS[run.method])[1] == run.result
