// Shared borders: what a neighbour must do when a vertex it shares is moved, added or removed.
import { polygonsOf } from "./geometry.js";

const SAME_DEG = 2e-9; // what a round trip over the map's own projection may move a vertex that nobody touched
const open = (ring) => ring.slice(0, -1);
const equal = (a, b) => a[0] === b[0] && a[1] === b[1];
const near = (a, b) => Math.abs(a[0] - b[0]) <= SAME_DEG && Math.abs(a[1] - b[1]) <= SAME_DEG;

// The shape after a gesture with every vertex that the gesture left alone exactly where it was before.
export function settled(after, before) {
    const known = new Map();
    for (const position of polygonsOf(before).flat(2)) {
        for (const key of cellsAround(position)) known.set(key, position);
    }
    const kept = (position) => {
        const found = known.get(cellOf(position));
        return found && near(found, position) ? found : position;
    };
    return { type: "MultiPolygon", coordinates: polygonsOf(after).map((rings) => rings.map((ring) => ring.map(kept))) };
}

// Vertices moved {from, to}, added {between: [a, b], at} and removed {from, between: [a, b]} from one shape to the next.
export function stepsBetween(before, after) {
    const [was, is] = [polygonsOf(before).flat(1), polygonsOf(after).flat(1)];
    if (was.length !== is.length) return [];
    return was.flatMap((ring, index) => stepsOfRing(open(ring), open(is[index])));
}

function stepsOfRing(was, is) {
    const before = (ring, index) => ring[(index - 1 + ring.length) % ring.length];
    const after = (ring, index) => ring[(index + 1) % ring.length];
    if (was.length === is.length) {
        return was.flatMap((from, index) => (equal(from, is[index]) ? [] : [{ kind: "moved", from, to: is[index] }]));
    }
    if (is.length === was.length + 1) {
        const at = is.findIndex((position) => !was.some((old) => equal(old, position)));
        return at < 0 ? [] : [{ kind: "added", at: is[at], between: [before(is, at), after(is, at)] }];
    }
    if (is.length === was.length - 1) {
        const gone = was.findIndex((position) => !is.some((now) => equal(now, position)));
        return gone < 0 ? [] : [{ kind: "removed", from: was[gone], between: [before(was, gone), after(was, gone)] }];
    }
    return [];
}

// The neighbour's shape after the steps; the same object where none concerns it.
export function followed(geometry, steps) {
    let touched = false;
    const coordinates = polygonsOf(geometry).map((rings) => rings.map((ring) => {
        const next = steps.reduce((vertices, step) => FOLLOW[step.kind](vertices, step) ?? vertices, open(ring));
        if (next.length === ring.length - 1 && next.every((position, index) => equal(position, ring[index]))) return ring;
        touched = true;
        return [...next, next[0]];
    }));
    return touched ? { type: "MultiPolygon", coordinates } : geometry;
}

const FOLLOW = {
    moved: (ring, { from, to }) => ring.map((position) => (near(position, from) ? to : position)),
    added(ring, { at, between: [a, b] }) {
        const index = ring.findIndex((here, number) => {
            const next = ring[(number + 1) % ring.length];
            return (near(here, a) && near(next, b)) || (near(here, b) && near(next, a));
        });
        return index < 0 ? null : [...ring.slice(0, index + 1), at, ...ring.slice(index + 1)];
    },
    // only inside the shared border: a corner that the neighbour has for itself stays
    removed(ring, { from, between: [a, b] }) {
        const index = ring.findIndex((position) => near(position, from));
        if (index < 0 || ring.length <= 3) return null;
        const sides = [ring[(index - 1 + ring.length) % ring.length], ring[(index + 1) % ring.length]];
        const shared = (near(sides[0], a) && near(sides[1], b)) || (near(sides[0], b) && near(sides[1], a));
        return shared ? ring.filter((_, number) => number !== index) : null;
    },
};

function cellOf([x, y]) { return `${Math.round(x / 1e-8)} ${Math.round(y / 1e-8)}`; }
function cellsAround([x, y]) {
    return [-SAME_DEG, SAME_DEG].flatMap((dx) => [-SAME_DEG, SAME_DEG].map((dy) => cellOf([x + dx, y + dy])));
}
