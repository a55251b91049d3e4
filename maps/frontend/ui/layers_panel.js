// Layers and legend in one list: a switch for each layer; classes, n, date and source under those that are on.
import { formatDate, formatNumber } from "../core/i18n.js";
import { make, part } from "./dom.js";

export function createLayersPanel({ store, layers, groups, words }) {
    const root = part("layers");
    const facts = new Map();
    for (const group of groups) {
        const members = layers.filter((layer) => layer.group === group.id && !layer.ground).reverse();
        if (!members.length) continue;
        root.append(make("fieldset", { className: "layer-group", children: [
            make("legend", { text: group.title }), ...members.map(row),
        ] }));
    }
    store.on("visible", ({ visible }) => {
        for (const [id, { box, legend }] of facts) {
            box.checked = visible.includes(id);
            legend.hidden = !box.checked;
        }
    });
    store.on("legend", ({ legend }) => {
        for (const [id, { meta }] of facts) meta.textContent = sentence(legend[id]);
    });

    function row(layer) {
        const box = make("input", { className: "form-check-input", attributes: { type: "checkbox", id: `capa-${layer.id}` }, on: {
            change: (event) => {
                const visible = store.get("visible").filter((id) => id !== layer.id);
                store.set({ visible: event.target.checked ? [...visible, layer.id] : visible });
            },
        } });
        const meta = make("p", { className: "legend-meta" });
        const legend = make("div", { className: "legend", children: [
            make("ul", { children: layer.legend.map((item) => make("li", { children: [
                make("span", { className: `mark ${item.mark}`, attributes: { "aria-hidden": "true" } }), make("span", { text: item.label }),
            ] })) }), meta,
        ] });
        facts.set(layer.id, { box, legend, meta });
        return make("div", { className: "layer-row", children: [
            make("div", { className: "form-check", children: [
                box, make("label", { className: "form-check-label", text: layer.title, attributes: { for: `capa-${layer.id}` } }),
            ] }), legend,
        ] });
    }
    function sentence(known) {
        if (!known) return "";
        const told = [];
        if (known.n !== null && known.n !== undefined) told.push(words("n_is", { n: formatNumber(known.n) }));
        if (known.from && known.until) told.push(words("from_until", { from: formatDate(known.from), until: formatDate(known.until) }));
        else if (known.date) told.push(words("as_of", { date: formatDate(known.date) }));
        if (known.source) told.push(words("source_is", { source: known.source }));
        if (known.note) told.push(known.note);
        return told.join(" · ");
    }
}
