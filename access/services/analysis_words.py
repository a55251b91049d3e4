"""What an analysis refused, in the reader's language.

`analysis` knows no catalogue: its errors keep the English sentence apart from its values. The sentences are written
here once more, so that they enter this floor's catalogue; a test reads them off the sources of `analysis`.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from analysis.errors import AnalysisError

SENTENCES = (
    gettext_noop("There are {rows} points but {marks} marks."),
    gettext_noop("The accuracy index needs incidents, a proposed area and a study area above zero."),
    gettext_noop("Wanted: as many observed, predicted and positive areas, and at least one incident."),
    gettext_noop("{path} is a {kind}, which has no canonical form."),
    gettext_noop("{path} is {value}, which is not a finite number."),
    gettext_noop("{path} has the key {key}, which is not text."),
    gettext_noop("The layer has no coordinate reference system; a projected one in metres is needed."),
    gettext_noop("The layer is in {name}, which is not projected; a reference system in metres is needed."),
    gettext_noop("The layer is in {name}, whose unit is {units}; metres are needed."),
    gettext_noop("{name} has {count} values that are not finite numbers, the first in row {row}."),
    gettext_noop("x has {x} values and y has {y}; they must be pairs."),
    gettext_noop("There are no points."),
    gettext_noop("All coordinates lie within ±180 and ±90: they look like degrees; metres are needed."),
    gettext_noop("All {count} points are the same place; a pattern needs at least two."),
    gettext_noop("There are {rows} rows but {weights} weights."),
    gettext_noop("A weight is below zero: {value}."),
    gettext_noop("{name} is {value}; it must be a finite number above zero."),
    gettext_noop("The study area is empty."),
    gettext_noop("The study area has coordinates that are not finite numbers."),
    gettext_noop("The study area looks like degrees; metres are needed."),
    gettext_noop("The study area has no surface."),
    gettext_noop("minimum is {minimum}; a cluster needs at least two places."),
    gettext_noop("There are {count} places; HDBSCAN takes at most {limit} here: narrow the period or the area."),
    gettext_noop("The kernel {kernel} is not known; there are quartic and gaussian."),
    gettext_noop("The edge correction {edge} is not known; there are uniform, diggle and none."),
    gettext_noop("Cells of {cell} m would make {count} cells; at most {limit} are allowed: choose larger cells."),
    gettext_noop("The mask is {got} but the grid is {wanted}."),
    gettext_noop("None of the {count} incidents lies in the study area."),
    gettext_noop("There are {rows} points but {times} times."),
    gettext_noop("Lengths and ratios of a hot-spot search must be finite and above zero."),
    gettext_noop("false_alarm_ratio and grow_p must lie between 0 and 1."),
    gettext_noop("Wanted: cell_m <= radii_m <= inner_m < outer_m."),
    gettext_noop(
        "There are {dwellings} dwellings and {candidates} candidate places; at least {minimum} dwellings and one "
        "place are needed."
    ),
    gettext_noop(
        "The baseline counts {cells} cells and {incidents} incidents; at least {least} cells and one incident are "
        "needed."
    ),
    gettext_noop("The weights of {what} must be numbers of at least zero for {names}."),
    gettext_noop("The weights of {what} add up to {total}; they must add up to one."),
    gettext_noop("A scale needs a unit above zero and low < high; got {unit}, {low}, {high}."),
    gettext_noop("The scheme has no scale for {parts}."),
    gettext_noop("A prior needs at least one area with an incident."),
    gettext_noop("There are {counts} counts and {exposures} exposures; they must be pairs."),
    gettext_noop("A count is below zero or an exposure is not above zero."),
    gettext_noop("There are no incidents elsewhere to compare the week with."),
    gettext_noop("There are {days} weekdays but {hours} hours."),
    gettext_noop("Weekdays run from 0 (Monday) to 6 and hours from 0 to below 24."),
    gettext_noop("The ground under the camera at ({x}, {y}) is not known."),
    gettext_noop("There are {count} footprints but {heights} heights."),
    gettext_noop("field_of_view_deg is {value}; it lies between 0 and 360."),
    gettext_noop("azimuth_deg is not a finite number."),
    gettext_noop("The camera at ({x}, {y}) stands inside a building below its roof."),
    gettext_noop("The class {code} is not among {codes}."),
    gettext_noop("The coverage has cells of {ours} m and the grid of {other} m."),
    gettext_noop("The elevation of the camera is not a finite number."),
    gettext_noop("Terrain is {terrain} and density is {density}; there are auto, exact and arc, chord."),
    gettext_noop("The target height is {value} m; it must be a finite number of at least zero."),
    gettext_noop("The tilt is {value}°; it lies between −90° and 90°, positive down."),
    gettext_noop("The edition {edition} is not known; there are 2014 and 2025."),
    gettext_noop("The edition {edition} has no class {code}."),
    gettext_noop("The focal length is {value} mm; it must be above zero: it stands on the lens or in the data sheet."),
    gettext_noop("The azimuth is {value}°; it lies between 0° and 360°, clockwise from north."),
    gettext_noop("The field of view is {value}°; it lies above 0° and is at most 360°."),
    gettext_noop("Heights in {unit} cannot be read; there are metre, foot and us_survey_foot."),
    gettext_noop("The surface has no height between −500 m and 9,000 m."),
    gettext_noop("The terrain has fewer than two rows or columns."),
    gettext_noop("A surface model holds the buildings already: give walls or a surface, not both."),
    gettext_noop("The ground under the camera at ({x}, {y}) is not known: load terrain there or correct the point."),
    gettext_noop("A coverage is taken away that was never added."),
    gettext_noop("The stored coverage cannot be read: compute it again."),
    gettext_noop("Coverage is {covered} and weights are {weights}, but the grid is {grid}."),
    gettext_noop("Nothing is left to be seen: existing cameras cover all demand, or its weight is zero."),
    gettext_noop("There are no candidate sites or no types of camera."),
    gettext_noop("No candidate site sees any of the demand."),
    gettext_noop("Give either a number of cameras or a budget."),
    gettext_noop("The sites see more than {limit} places in all: use fewer sites, a shorter range or larger cells."),
    gettext_noop("The tour has no presets."),
    gettext_noop("The event lasts {value} s; it must be a finite number of at least zero."),
    gettext_noop(
        "A preset stays {dwell} s and moves {move} s; it must stay above zero and move at least zero seconds."
    ),
    gettext_noop("There are no units to tile."),
    gettext_noop("bootstrap_runs must be at least 0 and least_core_ratio lie between 0 and 1."),
    gettext_noop("Limits of growth must be at least zero, and the ground above zero."),
    gettext_noop("This evidence carries no yardstick to weigh other counts by."),
    gettext_noop("What makes units alike must be finite numbers."),
    gettext_noop("A pair names a unit that does not exist."),
    gettext_noop(
        "Asked for {districts} districts of {count} units in {parts} separate parts: choose a number between "
        "{parts} and {count}."
    ),
    gettext_noop(
        "The part of {units} units around unit {unit} carries {load} in all; a district needs {least}. Lower "
        "the minimum or join that part to another."
    ),
    gettext_noop("Wanted: harm_ratio in (0, 1], viable_ratio in (0, 0.5], most_growth at least 1."),
    gettext_noop("There are {blocks} blocks but {units} units."),
    gettext_noop("The population of blocks must be one number of at least zero for each."),
    gettext_noop("There are no street blocks."),
    gettext_noop("A street block has no shape."),
    gettext_noop("There are no incidents in the period."),
    gettext_noop("None of the {count} incidents lies where the study mask allows one."),
    gettext_noop("Periods need at least two edges in ascending order."),
    gettext_noop("None of the {count} incidents lies in the period."),
    gettext_noop("The mask is {got} but the grid is two-dimensional."),
    gettext_noop("Bandwidths to be tried must be above zero and ascend."),
    gettext_noop("There are {count} incidents on the mask; a bandwidth can be chosen from {least}."),
    gettext_noop("All incidents have the same date: none can be foretold from earlier ones."),
    gettext_noop("draws is {draws}; at least 19 are needed for a level of 5 %."),
    gettext_noop("Incidents and exposure must be counted on the same grid."),
    gettext_noop("Nothing is exposed on the study mask: a relative risk has no denominator."),
    gettext_noop("Incidents and exposure all lie in one cell; a pattern needs at least two."),
    gettext_noop("level is {level}; it lies between 0 and 1."),
    gettext_noop("Random labelling needs whole incidents and exposed; scale the weights to numbers."),
    gettext_noop("None of the {count} incidents lies within {limit} m of a street."),
    gettext_noop("There are no streets."),
    gettext_noop("Streets and incidents make over {limit} pairs: choose a smaller bandwidth or fewer incidents."),
    gettext_noop("There are {count} cells; at least {least} are needed."),
    gettext_noop("cap_quantile is {value}; it lies between 0 and 1."),
    gettext_noop("All {count} cells hold the same; there is nothing to tell apart."),
    gettext_noop("A radius of {radius} m reaches no other cell; cells are {spacing} m apart."),
    gettext_noop("The null {null} is not known; there are total and self_fixed."),
    gettext_noop("There are {count} areas; at least {least} are needed."),
    gettext_noop("Moran's I needs at least four areas that differ, and neighbours among them."),
    gettext_noop("There are {rows} values but the neighbours are {got}."),
    gettext_noop("Neighbours must be ones, and no area its own neighbour."),
    gettext_noop("bands is {bands}; at least one is needed."),
    gettext_noop("No two cells of the mask lie within {radius} m of each other."),
    gettext_noop("No run is left: radii must be at least 1.5 cells, with 1 to 4 shifts of the grid."),
    gettext_noop("The hour of none of the {count} incidents is known."),
    gettext_noop("A radius of {radius} m is too small for points this far apart."),
    gettext_noop("There are {now} sectors now but {past} before."),
    gettext_noop("reference_periods is {count}; at least one is needed."),
    gettext_noop("exposure_ratio is {value}; it lies between 0 and 1."),
    gettext_noop("There are no incidents in the period, nor in the years before."),
    gettext_noop("There are no incidents in either period."),
    gettext_noop("A count is below zero: {value}."),
    gettext_noop("{name} holds counts that are not whole; a change is tested on counts."),
    gettext_noop("An exposure is {value}; it must be above zero."),
    gettext_noop("Bins need at least two edges in ascending order."),
    gettext_noop("There are {rows} starts but {ends} ends."),
    gettext_noop("An incident ends before it starts, the first in row {row}."),
    gettext_noop("A moment has no time zone; local times need one."),
    gettext_noop("The period ends on {last}, before it starts on {first}."),
    gettext_noop("years is {years}; at least one is needed."),
    gettext_noop("The period has {count} days; at most {limit} are allowed."),
    gettext_noop("The region {region} is not known."),
    gettext_noop("There are {count} units; at least {least} are needed."),
    gettext_noop("Wanted: whole counts and a share between 0 and 1."),
    gettext_noop("Nothing is exposed in any unit."),
    gettext_noop("{name} has {count} dates after the end of the window, the first in row {row}."),
    gettext_noop("The aggregation {aggregation} is not known; there are arithmetic and geometric."),
    gettext_noop("Two scorings are compared sector by sector; they must hold the same sectors."),
    gettext_noop("The exposure {exposure} is not known."),
)


def analysis_sentence(error: AnalysisError) -> str:
    """The sentence of an error in the language that is active; in English where the catalogue has none."""
    told = _(error.template) if error.template else str(error)
    return told.format(**error.values) if error.values else told
