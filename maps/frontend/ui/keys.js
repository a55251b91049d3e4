// Single letters work while the map has the focus and can be switched off; Ctrl combinations while something is edited.
import { part } from "./dom.js";

const SWITCH = "atalaya-atajos";

export function wireKeys({ mapElement, store, acts }) {
    const box = part("keys-on");
    box.checked = read() !== "no";
    box.addEventListener("change", () => { try { localStorage.setItem(SWITCH, box.checked ? "si" : "no"); } catch { /* no storage: on until the page closes */ } });

    document.addEventListener("keydown", (event) => {
        if (document.querySelector("dialog[open]")) return;
        const key = event.key.toLowerCase();
        const editing = Boolean(store.get("draft") || store.get("drawing"));
        if ((event.ctrlKey || event.metaKey) && editing) { combination(event, key); return; }
        if (event.key === "Escape" && (editing || store.get("selected"))) { event.preventDefault(); acts.escape(); return; }
        if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
        if (event.key === "?") { event.preventDefault(); acts.help(); return; }
        if (!onMap(event.target)) return;
        if (event.key === "Enter" && store.get("drawing")) { event.preventDefault(); acts.endDrawing(); return; }
        if (event.key === "Delete" && store.get("draft")) { event.preventDefault(); acts.removeVertex(); return; }
        const act = { l: acts.layers, e: acts.edit, d: acts.draw, t: acts.table, "/": acts.search }[key];
        if (act && box.checked) { event.preventDefault(); act(); }
    });
    function combination(event, key) {
        if (typing(event.target) && key !== "s") return; // a text field has its own undo
        const act = { z: event.shiftKey ? acts.redo : acts.undo, y: acts.redo, s: acts.save }[key];
        if (act) { event.preventDefault(); act(); }
    }
    const onMap = (element) => element === document.body || mapElement.contains(element);
}

function typing(element) {
    return element.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
}

function read() {
    try { return localStorage.getItem(SWITCH); } catch { return null; }
}
