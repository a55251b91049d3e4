"""Sentences of the map's scripts: they come from the same catalogue as the pages."""

from __future__ import annotations

from django.utils.translation import gettext as _


def map_messages() -> dict[str, str]:
    """Key → sentence in the reader's language; `{name}` stands for a value the script fills in."""
    return _reading() | _editing() | _problems()


def _reading() -> dict[str, str]:
    return {
        "zoom_in": _("Nearer"),
        "zoom_out": _("Farther"),
        "n_is": _("n = {n}"),
        "from_until": _("{from} to {until}"),
        "as_of": _("as of {date}"),
        "source_is": _("source: {source}"),
        "period_not_in_order": _("The last day must not be before the first."),
        "not_a_day": _("Write a day like 22-11-2026."),
        "period_set": _("Period changed."),
        "no_sector_here": _("No sector in this view. Move the map or search by name."),
        "no_sector_yet": _("There is no sector yet. Draw the first one, or accept a proposal."),
        "n_of_m": _("{n} of {m}"),
        "no_score": _("without score"),
        "score_and_place": _("score {score}, rank {place}"),
        "score_and_rank": _("score {score}, rank {low} to {high}"),
        "and_more_here": _("{n} more here"),
        "cell_few": _("fewer than {n}"),
        "cell_between": _("{from} to {until}"),
        "cell_or_more": _("{n} or more"),
        "cell_side": _("incidents in each square of {side}; nearer, each one is drawn"),
        "yes": _("yes"),
        "no": _("no"),
        "not_reached": _("The server did not answer. Check the connection and try again."),
        "sectors_not_loaded": _("The sectors could not be loaded. Reload the page."),
        "link_copied": _("The address of this view was copied."),
    }


def _editing() -> dict[str, str]:
    return {
        "choose_sector_first": _("Choose a sector on the map or in the list first."),
        "drawing_help": _("Click to set each vertex; double click or Enter ends, Esc cancels."),
        "editing_help": _("Drag a vertex to move it, drag a side to add one. T opens the table of coordinates."),
        "new_sector": _("New sector"),
        "editing_sector": _("Editing {code}"),
        "shape_facts": _("{area} · {n} vertices"),
        "fill_in_field": _("Fill in the marked field."),
        "latitude_of": _("Latitude of vertex {n}"),
        "longitude_of": _("Longitude of vertex {n}"),
        "insert_after": _("Add a vertex after vertex {n}"),
        "remove_vertex": _("Remove vertex {n}"),
        "not_degrees": _("Write degrees, for example -39,8140."),
        "too_many_vertices": _("Only the first {n} vertices are listed."),
        "three_vertices": _("A shape needs at least three vertices."),
        "point_at_vertex": _("Point at the vertex to remove, or use the table of coordinates."),
        "edit_left": _("The change was left."),
        "go_on_editing": _("Go on editing"),
        "saved": _("Saved."),
        "saved_together": _("Saved: {n} sectors together."),
        "neighbour_stays": _("{code} stays as the other person saved it."),
        "neighbour_changes": _("{code} {name}: from {before} to {area}"),
        "problem_of_neighbour": _("{code}: {problem}"),
        "draft_left": _("A change of {code} was left unsaved on {when}."),
        "draft_of_new_left": _("A new sector was left unsaved on {when}."),
        "decide_draft_first": _("Restore or discard the unsaved change first."),
        "restored": _("Version {version} was restored."),
        "took_theirs": _("The version saved by the other person stays."),
        "both_shown": _("Theirs is dashed in red, yours is blue. Save again to choose."),
        "look": _("Look"),
        "restore": _("Restore"),
        "version_of": _("Version {version} · {date}"),
        "restore_version": _("Restore version {version}"),
        "looking_at_version": _("Version {version} is dashed on the map."),
        "version_shape": _("Version {version}: {name}, {area}, {n} vertices"),
    }


def _problems() -> dict[str, str]:
    return {
        "problem_not_a_number": _("A coordinate is not a number."),
        "problem_out_of_range": _("A coordinate lies outside the world."),
        "problem_too_few_vertices": _("The shape needs at least three vertices."),
        "problem_crosses_itself": _("The border crosses itself: move a vertex until it does not."),
        "problem_too_small": _("The shape is smaller than 1,000 m²."),
    }
