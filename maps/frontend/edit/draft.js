// The shape being edited: begin · change · undo · redo · finish. Every change is an entry of the history. A vertex that a
// neighbour shares moves in both: `around` is every sector as it stood when the draft began.
import { asMultiPolygon, insertVertex, moveVertex, removeVertex, sameGeometry } from "../core/geometry.js";
import { emptyHistory, recorded, redone, undone } from "../core/history.js";
import { followed, settled, stepsBetween } from "../core/topology.js";

export function begin(feature, { layer = "sectores", around = [] } = {}) {
    const geometry = asMultiPolygon(feature.geometry);
    return {
        layer,
        id: feature.id ?? null,
        version: feature.properties?.version ?? null,
        properties: { ...feature.properties },
        original: geometry,
        geometry,
        together: true,
        around: feature.id ? around.filter((one) => one.id !== feature.id).map(neighbour) : [], // a new shape moves alone
        history: emptyHistory,
    };
}

const neighbour = ({ id, geometry, properties }) => {
    const shape = asMultiPolygon(geometry);
    return { id, name: properties.name, version: properties.version, original: shape, geometry: shape };
};

export const isNew = (draft) => draft.id === null;
export const isChanged = (draft) => isNew(draft) || !sameGeometry(draft.geometry, draft.original);
export const affected = (draft) => draft.around.filter((one) => !sameGeometry(one.geometry, one.original));

export function replaced(draft, geometry, verb = "reshape") {
    const after = settled(geometry, draft.geometry);
    if (sameGeometry(after, draft.geometry)) return draft;
    const others = following(draft, after);
    const entry = { verb, layer: draft.layer, id: draft.id, before: draft.geometry, after, others };
    return withOthers({ ...draft, geometry: after, history: recorded(draft.history, entry) }, others, "after");
}

// What the neighbours would do if the shape became this one: [{id, before, after}].
export function following(draft, geometry) {
    if (!draft.together) return [];
    const steps = stepsBetween(draft.geometry, geometry);
    return draft.around.flatMap((one) => {
        const after = followed(one.geometry, steps);
        return after === one.geometry ? [] : [{ id: one.id, before: one.geometry, after }];
    });
}

// The neighbours as they would stand beside the shape, those that differ from what is saved: for the picture.
export function alongWith(draft, geometry) {
    const moving = new Map(following(draft, settled(geometry, draft.geometry)).map((one) => [one.id, one.after]));
    return draft.around.map((one) => ({ ...one, geometry: moving.get(one.id) ?? one.geometry }))
        .filter((one) => !sameGeometry(one.geometry, one.original)).map((one) => one.geometry);
}

function withOthers(draft, others, side) {
    if (!others?.length) return draft;
    const shapes = new Map(others.map((one) => [one.id, one[side]]));
    return { ...draft, around: draft.around.map((one) => (shapes.has(one.id) ? { ...one, geometry: shapes.get(one.id) } : one)) };
}

export const moved = (draft, path, position) => replaced(draft, moveVertex(draft.geometry, path, position), "move");

export const inserted = (draft, path) => replaced(draft, insertVertex(draft.geometry, path), "insert");

// The same draft where the ring would fall under three vertices.
export function removed(draft, path) {
    const without = removeVertex(draft.geometry, path);
    return without ? replaced(draft, without, "remove") : draft;
}

export function undo(draft) {
    const [history, entry] = undone(draft.history);
    return entry ? withOthers({ ...draft, history, geometry: entry.before }, entry.others, "before") : draft;
}

export function redo(draft) {
    const [history, entry] = redone(draft.history);
    return entry ? withOthers({ ...draft, history, geometry: entry.after }, entry.others, "after") : draft;
}

// Whether vertices shared with neighbours move in both from now on.
export const movingTogether = (draft, together) => ({ ...draft, together });

// The same shapes on top of the version somebody else saved meanwhile, of this sector or of a neighbour.
export function rebased(draft, current) {
    const { version } = current.properties;
    if ((current.id ?? draft.id) === draft.id) return { ...draft, version };
    return { ...draft, around: draft.around.map((one) => (one.id === current.id ? { ...one, version } : one)) };
}

// The neighbour stays as somebody else saved it: it leaves the draft and its history.
export function yielded(draft, current) {
    const others = (entry) => ({ ...entry, others: (entry.others ?? []).filter((one) => one.id !== current.id) });
    return {
        ...draft,
        around: draft.around.filter((one) => one.id !== current.id),
        history: { past: draft.history.past.map(others), future: draft.history.future.map(others) },
    };
}

export function finish(draft) {
    return { type: "Feature", id: draft.id, geometry: draft.geometry, properties: draft.properties };
}

// The neighbours to save with it, each with the version its change was made from.
export function finishOthers(draft) {
    return affected(draft).map(({ id, geometry, version }) => ({ type: "Feature", id, geometry, properties: { version } }));
}

// What a reload needs: the draft with the neighbours it has touched, and the others as they then stand.
export function kept(draft) {
    const touched = new Set([...draft.history.past, ...draft.history.future].flatMap((entry) => (entry.others ?? []).map((one) => one.id)));
    return { ...draft, around: draft.around.filter((one) => touched.has(one.id)) };
}

export function resumed(draft, { around = [] } = {}) {
    const known = new Set([draft.id, ...draft.around.map((one) => one.id)]);
    const others = draft.id ? around.filter((one) => !known.has(one.id)).map(neighbour) : [];
    return { ...draft, around: [...draft.around, ...others] };
}
