// The form beside the shape being drawn or edited: name, reason, undo, save; and what is wrong with the shape.
import { areaM2, verticesOf } from "../core/geometry.js";
import { canRedo, canUndo } from "../core/history.js";
import { formatArea } from "../core/i18n.js";
import { problemsOf } from "../core/validation.js";
import { affected, isChanged, isNew } from "../edit/draft.js";
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
    part("together").addEventListener("change", (event) => acts.together(event.target.checked));
    for (const name of ["nombre", "codigo", "tipologia"]) form.elements[name].addEventListener("change", () => acts.describe(described()));
    part("start-square").addEventListener("click", () => acts.startSquare());

    function draw() {
        const draft = store.get("draft");
        show(drawing, Boolean(store.get("drawing")));
        show(part("edit-part"), Boolean(draft));
        if (!draft) return;
        const others = affected(draft);
        const problems = [
            ...problemsOf(draft.geometry).map((code) => words(`problem_${code}`)),
            ...others.flatMap((one) => problemsOf(one.geometry).map((code) => words("problem_of_neighbour", { code: one.id, problem: words(`problem_${code}`) }))),
        ];
        part("edit-title").textContent = isNew(draft) ? words("new_sector") : words("editing_sector", { code: draft.properties.code });
        show(part("new-fields"), isNew(draft));
        part("shape-facts").textContent = words("shape_facts", { area: formatArea(areaM2(draft.geometry)), n: verticesOf(draft.geometry).length });
        part("shape-problems").replaceChildren(...problems.map((text) => make("li", { text })));
        show(part("together-row"), !isNew(draft));
        part("together").checked = draft.together;
        show(part("affected-part"), others.length > 0);
        part("affected").replaceChildren(...others.map((one) => make("li", { text: words("neighbour_changes", { code: one.id, name: one.name, area: formatArea(areaM2(one.geometry)), before: formatArea(areaM2(one.original)) }) })));
        part("undo").disabled = !canUndo(draft.history);
        part("redo").disabled = !canRedo(draft.history);
        part("save").disabled = store.get("saving") || problems.length > 0 || !isChanged(draft);
    }
    function save() {
        const draft = store.get("draft");
        if (!draft || part("save").disabled) return;
        const { nombre: name, motivo: reason } = form.elements;
        for (const field of isNew(draft) ? [name, reason] : [reason]) {
            field.classList.toggle("is-invalid", !field.value.trim());
            if (!field.value.trim()) { field.focus(); acts.refuse(words("fill_in_field")); return; }
        }
        acts.save({ reason: reason.value.trim(), ...described() });
    }
    function described() {
        const { nombre: name, codigo: code, tipologia: typology } = form.elements;
        return { name: name.value.trim(), code: code.value.trim(), typology: typology.value };
    }
    return {
        save,
        reset() { form.reset(); for (const field of form.elements) field.classList.remove("is-invalid"); part("edit-refused").textContent = ""; show(part("edit-refused"), false); },
        fill({ name = "", code = "", typology = "" }) {
            if (!isNew(store.get("draft"))) return;
            form.elements.nombre.value = name;
            form.elements.codigo.value = code;
            if (typology) form.elements.tipologia.value = typology;
        },
        refused(sentence) { part("edit-refused").textContent = sentence; show(part("edit-refused"), Boolean(sentence)); },
        focus() { (isNew(store.get("draft")) ? form.elements.nombre : form.elements.motivo).focus(); },
    };
}
