// Versions of a sector, newest first: who, when, why; look at one, restore one.
import { formatDate } from "../core/i18n.js";
import { make, part, show } from "./dom.js";

export function createHistoryList({ words, acts }) {
    const dialog = part("history-dialog");
    if (!dialog) return { open() {} };
    const list = part("history-list");
    const form = part("restore-form");
    let chosen = null;
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        const reason = form.elements.motivo;
        reason.classList.toggle("is-invalid", !reason.value.trim());
        if (!reason.value.trim()) { reason.focus(); return; }
        acts.restore(chosen, reason.value.trim());
        dialog.close();
    });
    part("restore-cancel").addEventListener("click", () => show(form, false));

    function row(feature, newest) {
        const { version, recorded_at: at, changed_by: who, reason } = feature.properties;
        const buttons = [make("button", { className: "btn btn-sm btn-outline-secondary", text: words("look"), attributes: { type: "button" }, on: { click: () => { acts.look(feature); dialog.close(); } } })];
        if (version !== newest) {
            buttons.push(make("button", { className: "btn btn-sm btn-outline-secondary", text: words("restore"), attributes: { type: "button" }, on: { click: () => ask(feature) } }));
        }
        return make("li", { children: [
            make("div", { className: "fw-semibold", text: words("version_of", { version, date: formatDate(at) }) }),
            make("div", { className: "note", text: who ? `${who}: ${reason}` : "" }),
            make("div", { className: "d-flex gap-2 mt-1", children: buttons }),
        ] });
    }
    function ask(feature) {
        chosen = feature;
        part("restore-title").textContent = words("restore_version", { version: feature.properties.version });
        show(form, true);
        form.elements.motivo.value = "";
        form.elements.motivo.focus();
    }
    return {
        open(versions) {
            const newest = Math.max(...versions.map((one) => one.properties.version));
            list.replaceChildren(...versions.map((one) => row(one, newest)));
            show(form, false);
            dialog.showModal();
        },
    };
}
