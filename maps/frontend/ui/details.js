// The panel at the right: what was chosen, as a list of names and values.
import { formatArea, formatDate, formatMoment, formatNumber } from "../core/i18n.js";
import { icon, make, part, show } from "./dom.js";

export function createDetails({ store, layers, may, addresses, words, acts }) {
    const panel = part("details");
    const title = part("details-title");
    const facts = part("facts");
    store.on(["selected", "draft", "drawing"], draw);
    part("close-details").addEventListener("click", () => acts.close());
    part("edit-sector")?.addEventListener("click", () => acts.edit());
    part("show-history")?.addEventListener("click", () => acts.history());

    function draw() {
        const [selected, draft, drawing] = ["selected", "draft", "drawing"].map(store.get);
        const busy = Boolean(draft || drawing);
        show(panel, Boolean(selected || busy));
        document.body.classList.toggle("has-details", Boolean(selected || busy));
        show(part("facts-part"), Boolean(selected) && !busy);
        if (!selected || busy) return;
        const layer = layers.find((one) => one.id === selected.layer);
        title.textContent = selected.properties.name || selected.properties.code || layer.title;
        part("details-layer").textContent = layer.title + (selected.others ? ` · ${words("and_more_here", { n: selected.others })}` : "");
        facts.replaceChildren(...layer.details.flatMap((field) => line(field, selected.properties)));
        const isSector = selected.layer === "sectores";
        show(part("edit-sector"), isSector && may.edit);
        show(part("show-history"), isSector && may.edit);
        const sheet = part("open-sheet");
        show(sheet, isSector);
        if (isSector) sheet.href = addresses.sheet.replace("__code__", encodeURIComponent(selected.properties.code));
        const proposal = part("open-proposal");
        show(proposal, selected.layer === "propuestas" && may.proposals);
        if (selected.layer === "propuestas") proposal.href = `${addresses.proposals}#propuesta-${selected.id}`;
    }
    function line(field, properties) {
        const value = properties[field.name];
        if (value === undefined || (value === null && !field.missing)) return [];
        return [make("dt", { text: field.label }), make("dd", { children: [written(field, value)] })];
    }
    function written(field, value) {
        if (value === null || value === "") return make("span", { className: "text-secondary", text: field.missing ?? "–" });
        const known = { number: formatNumber, date: formatDate, moment: formatMoment, area: formatArea, choice: (one) => field.choices[one] ?? one,
            boolean: (one) => words(one === true || one === "true" || one === 1 ? "yes" : "no"), share: (one) => `${formatNumber(one * 100)} %` };
        const text = (known[field.kind] ?? String)(value);
        return field.icon ? make("span", { children: [icon(field.icon), document.createTextNode(` ${text}`)] }) : document.createTextNode(text);
    }
}
