"""Smooth random surfaces and outlines: sums of cosines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from .randomness import Floats


@dataclass(frozen=True)
class SmoothField:
    """Random surface of mean 0 and variance 1 whose bumps have about the given wavelength."""

    across: Floats
    along: Floats
    phase: Floats

    def __call__(self, x: Floats, y: Floats) -> Floats:
        """Value of the surface at each place."""
        total: Floats = np.zeros(np.shape(x), dtype=np.float64)
        for across, along, phase in zip(self.across, self.along, self.phase, strict=True):
            total += np.cos(across * x + along * y + phase)
        total *= np.sqrt(2.0 / len(self.phase))
        return total


def smooth_field(generator: np.random.Generator, *, wavelength_m: float, waves: int = 20) -> SmoothField:
    """A new surface; wavelengths scatter by a third around the one asked."""
    length = wavelength_m * np.exp(generator.normal(0.0, 0.3, waves))
    heading = generator.uniform(0.0, 2 * np.pi, waves)
    wave = 2 * np.pi / length
    return SmoothField(wave * np.cos(heading), wave * np.sin(heading), generator.uniform(0.0, 2 * np.pi, waves))


def blob(generator: np.random.Generator, *, x: float, y: float, radius_m: float, roughness: float) -> shapely.Polygon:
    """Rounded irregular outline around a centre: a circle whose radius wavers by six harmonics."""
    angle = np.linspace(0.0, 2 * np.pi, 180, endpoint=False)
    waver = np.zeros_like(angle)
    for harmonic in range(1, 7):
        waver += generator.normal(0.0, roughness / harmonic) * np.cos(
            harmonic * angle + generator.uniform(0, 2 * np.pi)
        )
    radius = radius_m * np.exp(waver)
    return shapely.Polygon(np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)]))
