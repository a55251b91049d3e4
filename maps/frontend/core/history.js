// Undo and redo as values. An entry is data: {verb, layer, id, before, after}.
export const emptyHistory = Object.freeze({ past: Object.freeze([]), future: Object.freeze([]) });

export function recorded(history, entry) {
    return { past: [...history.past, entry], future: [] };
}

// [history, entry]: the caller puts entry.before back. Entry is null when there is nothing to undo.
export function undone(history) {
    const entry = history.past.at(-1) ?? null;
    if (!entry) return [history, null];
    return [{ past: history.past.slice(0, -1), future: [entry, ...history.future] }, entry];
}

export function redone(history) {
    const [entry = null, ...rest] = history.future;
    if (!entry) return [history, null];
    return [{ past: [...history.past, entry], future: rest }, entry];
}

export const canUndo = (history) => history.past.length > 0;
export const canRedo = (history) => history.future.length > 0;
