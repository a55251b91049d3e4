"""Densities, edges and rings to the printed digit, and every refusal with its sentence."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from analysis import optics
from analysis.camera_view import CameraView, SightRules, quality_rings
from analysis.errors import ParameterError


@pytest.mark.parametrize(
    ("opening", "pixels", "density", "reach"),
    [(68, 1920, 12.5, 113.9), (68, 1920, 25, 56.9), (68, 1920, 62.5, 22.8), (68, 1920, 63, 22.6), (68, 1920, 125, 11.4),
     (68, 1920, 250, 5.7), (68, 1920, 1000, 1.4), (68, 1920, 20, 71.2), (68, 1920, 40, 35.6), (68, 1920, 80, 17.8),
     (68, 1920, 500, 2.8), (83, 1920, 25, 43.4), (83, 1920, 250, 4.3), (56, 3840, 25, 144.4), (56, 3840, 250, 14.4)],
)  # fmt: skip
def test_reaches_are_the_published_ones(opening, pixels, density, reach):
    assert optics.reach_m(opening, pixels, density) == pytest.approx(reach, abs=0.05)


def test_a_dome_at_its_tele_end_reaches_two_kilometres():
    assert round(optics.reach_m(2.3, 1920, 25)) == 1913
    assert round(optics.reach_m(2.3, 1920, 250)) == 191


def test_both_editions_hold_their_classes():
    assert [one.px_per_m for one in optics.EDITIONS["2014"]] == [12.5, 25, 62.5, 125, 250, 1000]
    assert [one.px_per_m for one in optics.EDITIONS["2025"]] == [20, 40, 80, 125, 250, 500, 1500]


@pytest.mark.parametrize(
    ("height", "target", "tilt", "near", "far"),
    [(6, 0, 30, 4.0, 96.9), (6, 1.7, 30, 2.9, 69.5), (12, 0, 45, 4.0, 35.8), (4, 0, 15, 4.5, math.inf)],
)
def test_edges_of_the_picture_are_the_published_ones(height, target, tilt, near, far):
    vertical = optics.vertical_opening_deg(83, 1920, 1080)
    assert round(vertical, 1) == 52.9
    assert optics.near_edge_m(height - target, tilt, vertical) == pytest.approx(near, abs=0.05)
    assert optics.far_edge_m(height - target, tilt, vertical) == pytest.approx(far, abs=0.05)


def test_a_picture_that_looks_straight_down_begins_under_the_mast():
    assert optics.near_edge_m(6, 80, 30) == 0


def test_a_picture_above_the_horizon_never_meets_the_ground():
    assert optics.near_edge_m(6, -40, 30) == math.inf


def test_identifying_a_head_from_six_metres_reaches_three_metres_and_from_eight_none():
    rules = SightRules(weakest="identify", target_height_m=1.7)
    low, high = (quality_rings(CameraView(0, 0, height, 100, field_of_view_deg=68), rules)[0] for height in (6, 8))
    assert low.far_m == pytest.approx(3.7, abs=0.05)
    assert not high.reachable


def test_rings_nest_and_stop_at_the_range():
    rings = quality_rings(CameraView(0, 0, 5, 30, field_of_view_deg=68))
    assert [ring.code for ring in rings] == ["detect", "observe", "recognise", "identify", "inspect"]
    assert rings[0].far_m == 30
    assert all(a.far_m >= b.far_m for a, b in pairwise(rings))


def test_heads_near_the_mast_are_seen_steeply():
    assert optics.steep_within_m(4.3) == pytest.approx(4.3 / math.tan(math.radians(13)))


def test_the_earth_sinks_as_published():
    sag = optics.sag_per_m2(optics.REFRACTION)
    assert [round(sag * d * d, 4) for d in (200, 1000, 2000, 5000)] == [0.0027, 0.0673, 0.2691, 1.6817]
    assert optics.sag_per_m2(None) == 0


def test_a_lens_opens_by_its_focal_length():
    assert optics.lens_opening_deg(sensor_width_mm=4.8, focal_length_mm=2.8) == pytest.approx(81.2, abs=0.05)


@pytest.mark.parametrize("focal", [0.0, -2.8, math.nan])
def test_a_lens_without_focal_length_is_refused(focal):
    with pytest.raises(optics.FocalLengthError, match="above zero"):
        optics.lens_opening_deg(sensor_width_mm=4.8, focal_length_mm=focal)


@pytest.mark.parametrize("azimuth", [725.0, -1.0, math.inf])
def test_a_heading_off_the_compass_is_refused(azimuth):
    with pytest.raises(optics.AzimuthError, match="between 0° and 360°"):
        CameraView(0, 0, 5, 100, azimuth_deg=azimuth)


@pytest.mark.parametrize("opening", [0.0, 361.0])
def test_an_impossible_opening_is_refused(opening):
    with pytest.raises(optics.OpeningError):
        CameraView(0, 0, 5, 100, field_of_view_deg=opening)


@pytest.mark.parametrize(
    "rules", [{"edition": "2019"}, {"weakest": "overview"}, {"terrain": "raster"}, {"target_height_m": -1}]
)
def test_unknown_rules_are_refused(rules):
    with pytest.raises(ParameterError):
        SightRules(**rules)


def test_what_nobody_told_is_named():
    assert CameraView(0, 0, 5, 100, azimuth_deg=90).assumed == ("field_of_view_deg", "tilt_deg")
    assert CameraView(0, 0, 5, 100, field_of_view_deg=60).assumed == ()
