// The form beside the shape being drawn or edited: name, reason, undo, save; and what is wrong with the shape.
import { areaM2, verticesOf } from "../core/geometry.js";
import { canRedo, canUndo } from "../core/history.js";
import { formatArea } from "../core/i18n.js";
import { problemsOf } from "../core/validation.js";
import { isChanged, isNew } from "../edit/draft.js";
import { make, part, show } from "./dom.js";

export function createEditor({ store, words, acts }) {
    const form = part("edit-form");
    if (!form) return { focus() {} };
    const drawing = part("drawing-part");
    store.on(["draft", "drawing", "saving"], draw);
    form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
    part("undo").addEventListener("click", () => acts.undo());
    part("redo").addEventListener("click", () => acts.redo());
    part("cancel-edit").addEventListener("click", () => acts.cancel());
    part("cancel-drawing").addEventListener("click", () => acts.cancel());
    part("end-drawing").addEventListener("click", () => acts.endDrawing());
    part("start-square").addEventListener("click", () => acts.startSquare());

    function draw() {
        const draft = store.get("draft");
        show(drawing, Boolean(store.get("drawing")));
        show(part("edit-part"), Boolean(draft));
        if (!draft) return;
        const problems = problemsOf(draft.geometry);
        part("edit-title").textContent = isNew(draft) ? words("new_sector") : words("editing_sector", { code: draft.properties.code });
        show(part("new-fields"), isNew(draft));
        part("shape-facts").textContent = words("shape_facts", { area: formatArea(areaM2(draft.geometry)), n: verticesOf(draft.geometry).length });
        part("shape-problems").replaceChildren(...problems.map((code) => make("li", { text: words(`problem_${code}`) })));
        part("undo").disabled = !canUndo(draft.history);
        part("redo").disabled = !canRedo(draft.history);
        part("save").disabled = store.get("saving") || problems.length > 0 || !isChanged(draft);
    }
    function save() {
        const draft = store.get("draft");
        if (!draft || part("save").disabled) return;
        const { nombre: name, codigo: code, tipologia: typology, motivo: reason } = form.elements;
        for (const field of isNew(draft) ? [name, reason] : [reason]) {
            field.classList.toggle("is-invalid", !field.value.trim());
            if (!field.value.trim()) { field.focus(); acts.refuse(words("fill_in_field")); return; }
        }
        acts.save({ reason: reason.value.trim(), name: name.value.trim(), code: code.value.trim(), typology: typology.value });
    }
    return {
        save,
        reset() { form.reset(); for (const field of form.elements) field.classList.remove("is-invalid"); part("edit-refused").textContent = ""; show(part("edit-refused"), false); },
        refused(sentence) { part("edit-refused").textContent = sentence; show(part("edit-refused"), Boolean(sentence)); },
        focus() { (isNew(store.get("draft")) ? form.elements.nombre : form.elements.motivo).focus(); },
    };
}
