// One place for what the page knows. Modules listen to the keys they draw and talk through nothing else.
export function createStore(initial) {
    let state = { ...initial };
    const listeners = new Map();
    return {
        get: (key) => state[key],
        set(changes) {
            const changed = Object.keys(changes).filter((key) => state[key] !== changes[key]);
            state = { ...state, ...changes };
            const told = new Set(changed.flatMap((key) => [...(listeners.get(key) ?? [])]));
            for (const listener of told) listener(state);
        },
        on(keys, listener) {
            for (const key of [keys].flat()) {
                if (!listeners.has(key)) listeners.set(key, new Set());
                listeners.get(key).add(listener);
            }
            return listener;
        },
    };
}
