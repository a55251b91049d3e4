// The shape being edited: begin · change · undo · redo · finish. Every change is an entry of the history.
import { asMultiPolygon, insertVertex, moveVertex, removeVertex, sameGeometry } from "../core/geometry.js";
import { emptyHistory, recorded, redone, undone } from "../core/history.js";

export function begin(feature, { layer = "sectores" } = {}) {
    const geometry = asMultiPolygon(feature.geometry);
    return {
        layer,
        id: feature.id ?? null,
        version: feature.properties?.version ?? null,
        properties: { ...feature.properties },
        original: geometry,
        geometry,
        history: emptyHistory,
    };
}

export const isNew = (draft) => draft.id === null;
export const isChanged = (draft) => isNew(draft) || !sameGeometry(draft.geometry, draft.original);

export function replaced(draft, geometry, verb = "reshape") {
    const after = asMultiPolygon(geometry);
    if (sameGeometry(after, draft.geometry)) return draft;
    const entry = { verb, layer: draft.layer, id: draft.id, before: draft.geometry, after };
    return { ...draft, geometry: after, history: recorded(draft.history, entry) };
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
    return entry ? { ...draft, history, geometry: entry.before } : draft;
}

export function redo(draft) {
    const [history, entry] = redone(draft.history);
    return entry ? { ...draft, history, geometry: entry.after } : draft;
}

// The same shape on top of the version somebody else saved meanwhile.
export const rebased = (draft, current) => ({ ...draft, version: current.properties.version });

export function finish(draft) {
    return { type: "Feature", id: draft.id, geometry: draft.geometry, properties: draft.properties };
}
