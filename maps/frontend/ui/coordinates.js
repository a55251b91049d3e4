// Editing without a mouse: every vertex of the shape in a table, in degrees; the same undo, the same checks.
import { verticesOf } from "../core/geometry.js";
import { readDegrees } from "../core/i18n.js";
import { icon, make, part } from "./dom.js";

const MOST = 400;

export function createCoordinates({ store, words, acts }) {
    const body = part("coordinates");
    const fold = part("coordinates-fold");
    if (!fold) return { open() {} };
    store.on("draft", draw);
    fold.addEventListener("toggle", draw);

    function draw() {
        const draft = store.get("draft");
        if (!draft || !fold.open) { body.replaceChildren(); return; }
        const focused = document.activeElement?.dataset?.cell;
        const vertices = verticesOf(draft.geometry);
        body.replaceChildren(...vertices.slice(0, MOST).map(row));
        part("coordinates-note").textContent = vertices.length > MOST ? words("too_many_vertices", { n: MOST }) : "";
        if (focused) body.querySelector(`[data-cell="${focused}"]`)?.focus();
    }
    function row({ path, position }, index) {
        return make("tr", { children: [
            make("th", { text: String(index + 1), attributes: { scope: "row" } }),
            cell(path, position, 1, words("latitude_of", { n: index + 1 }), `${index}-lat`),
            cell(path, position, 0, words("longitude_of", { n: index + 1 }), `${index}-lng`),
            make("td", { className: "acts", children: [
                button("plus-lg", words("insert_after", { n: index + 1 }), `${index}-mas`, () => acts.insert(path)),
                button("trash", words("remove_vertex", { n: index + 1 }), `${index}-menos`, () => acts.remove(path)),
            ] }),
        ] });
    }
    function cell(path, position, axis, label, key) {
        const field = make("input", {
            className: "form-control form-control-sm",
            attributes: { type: "text", inputmode: "decimal", "aria-label": label, "data-cell": key, value: position[axis].toFixed(6).replace(".", ",") },
            on: { change: (event) => {
                const number = readDegrees(event.target.value);
                if (Number.isNaN(number)) { event.target.classList.add("is-invalid"); acts.refuse(words("not_degrees")); return; }
                acts.move(path, axis === 0 ? [number, position[1]] : [position[0], number]);
            } },
        });
        return make("td", { children: [field] });
    }
    function button(name, label, key, act) {
        return make("button", { className: "icon-button", attributes: { type: "button", "aria-label": label, title: label, "data-cell": key }, children: [icon(name)], on: { click: act } });
    }
    return { open() { fold.open = true; draw(); body.querySelector("input")?.focus(); } };
}
