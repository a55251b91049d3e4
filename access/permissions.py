"""The permission table: every right in the product and the roles that have it. What is not here is denied."""

from __future__ import annotations

from access.roles import Role

EVERYONE = frozenset(Role) - {Role.ADMINISTRATOR}
OFFICE = frozenset({Role.ANALYST, Role.DIRECTOR, Role.PLANNER, Role.MANAGER})

PERMISSIONS: dict[str, frozenset[Role]] = {
    # pages and what any member may see
    "site.enter": frozenset(Role),
    "map.view": EVERYONE,
    "units.view": EVERYONE,
    "sectors.view": EVERYONE,
    # incidents: precision follows the role (R3 exact; R3d and R2 masked; R1 sector totals; R4 last 72 h)
    "incidents.view_exact": frozenset({Role.ANALYST}),
    "incidents.view_recent": frozenset({Role.ANALYST, Role.CAMERA_OPERATOR}),
    "incidents.view_masked": frozenset({Role.ANALYST, Role.DIRECTOR, Role.PLANNER, Role.MANAGER}),
    "incidents.view_map": OFFICE | {Role.CAMERA_OPERATOR},  # each from the table of its own precision
    "incidents.view_types": frozenset({Role.ANALYST, Role.DIRECTOR}),  # single types; below: groups (R2)
    "incidents.import": frozenset({Role.ANALYST}),
    "incidents.place": frozenset({Role.ANALYST}),  # addresses of rows without point, and what they teach
    "incidents.link": frozenset({Role.ANALYST}),  # the same event from two sources
    "incidents.run_hotspots": frozenset({Role.ANALYST}),
    "analysis.view": frozenset({Role.ANALYST, Role.DIRECTOR}),  # runs of methods: shapes and totals, no single point
    "events.view": OFFICE | {Role.CAMERA_OPERATOR},
    "events.edit": frozenset({Role.ANALYST}),
    # cameras
    "cameras.view_points": frozenset({Role.ANALYST, Role.DIRECTOR, Role.CAMERA_OPERATOR}),
    "cameras.view_coverage": frozenset({Role.ANALYST, Role.DIRECTOR, Role.CAMERA_OPERATOR}),
    "cameras.edit": frozenset({Role.ANALYST}),
    "cameras.log": frozenset({Role.ANALYST, Role.CAMERA_OPERATOR}),  # outages, findings, requests for evidence
    "cameras.view_planned": frozenset({Role.ANALYST, Role.DIRECTOR, Role.PLANNER}),  # place and cost, never coverage
    "cameras.site": frozenset({Role.ANALYST, Role.DIRECTOR}),  # search for places of the next cameras and decide
    # sectors
    "proposals.view": frozenset({Role.ANALYST, Role.DIRECTOR}),
    "proposals.send": frozenset({Role.ANALYST}),
    "proposals.decide": frozenset({Role.DIRECTOR}),
    "sectors.view_record": OFFICE,  # who answers for a sector, who changed it and why: acts of the house
    "sectors.edit": frozenset({Role.ANALYST}),
    "sectors.focalise": frozenset({Role.DIRECTOR}),
    "sectors.score": frozenset({Role.ANALYST}),
    "sectors.try_scores": frozenset({Role.ANALYST, Role.DIRECTOR}),  # what-if and audit of feedback; nothing is kept
    "factors.edit": frozenset({Role.ANALYST, Role.MANAGER}),
    "board.view": frozenset({Role.DIRECTOR, Role.ANALYST}),
    # plan
    "plan.view": OFFICE,
    "plan.edit": frozenset({Role.PLANNER}),
    "plan.measure": frozenset({Role.ANALYST, Role.DIRECTOR, Role.PLANNER}),  # make and read indicators
    "community.edit": frozenset({Role.DIRECTOR, Role.MANAGER}),
    # out of the house
    "export.sectors": frozenset({Role.ANALYST, Role.DIRECTOR, Role.PLANNER}),
    "export.map": frozenset({Role.ANALYST, Role.DIRECTOR, Role.PLANNER}),
    # people and settings
    "geography.import": frozenset({Role.ANALYST}),
    "data.bring": frozenset({Role.ANALYST, Role.MANAGER}),  # the page of imports and forms; each form has its own right
    "jobs.view": frozenset(Role),
    "registry.view": frozenset({Role.ANALYST, Role.DIRECTOR, Role.ADMINISTRATOR}),  # the processing record
    "people.manage": frozenset({Role.ADMINISTRATOR}),
    "audit.view": frozenset({Role.ADMINISTRATOR}),
}


def allows(role: str | None, permission: str) -> bool:
    """True where the table gives the role the right. An unknown right is a programming error: KeyError."""
    return role in PERMISSIONS[permission]
