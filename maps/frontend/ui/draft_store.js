// The draft in this browser's storage, so that it survives a reload: outlines and names that every reader of the map
// sees, never the reason. One for each person and commune; it is forgotten after a week and when the person signs out.
const PREFIX = "atalaya-borrador:";
const WEEK_MS = 7 * 24 * 3600 * 1000;

export function createDraftStore({ owner, now = () => Date.now() }) {
    const key = `${PREFIX}${owner}`;
    return {
        read() {
            try {
                const found = JSON.parse(localStorage.getItem(key) ?? "null");
                return found?.form === 1 && now() - found.at < WEEK_MS ? found : null;
            } catch { return null; }
        },
        // false where the browser keeps nothing: full, or switched off
        keep(draft) {
            try { localStorage.setItem(key, JSON.stringify({ form: 1, at: now(), draft })); return true; } catch { return false; }
        },
        forget() { try { localStorage.removeItem(key); } catch { /* there is no storage, so nothing was kept */ } },
    };
}

export function forgetDraftsAt(form) {
    form?.addEventListener("submit", () => {
        try {
            for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) localStorage.removeItem(key);
        } catch { /* there is no storage, so nothing was kept */ }
    });
}
