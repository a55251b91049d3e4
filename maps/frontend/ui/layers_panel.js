// Layers and legend in one list: a switch for each layer; classes, n, date and source under those that are on.
import { cellSideM, isCounted, limitsAt, ranges } from "../core/cells.js";
import { formatDate, formatNumber } from "../core/i18n.js";
import { make, part } from "./dom.js";

export function createLayersPanel({ store, layers, groups, cells, words }) {
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
    store.on(["legend", "view"], ({ legend, view }) => {
        for (const [id, { meta, marks }] of facts) {
            meta.textContent = sentence(legend[id], id === "incidentes" ? view : null);
            if (id === "incidentes" && view) showCells(marks, legend[id] ?? {}, view.zoomOfTiles);
        }
    });

    function row(layer) {
        const box = make("input", { className: "form-check-input", attributes: { type: "checkbox", id: `capa-${layer.id}` }, on: {
            change: (event) => {
                const visible = store.get("visible").filter((id) => id !== layer.id);
                store.set({ visible: event.target.checked ? [...visible, layer.id] : visible });
            },
        } });
        const meta = make("p", { className: "legend-meta" });
        const marks = layer.legend.map((item) => {
            const label = make("span", { text: item.label });
            const line = make("li", { children: [make("span", { className: `mark ${item.mark}`, attributes: { "aria-hidden": "true" } }), label] });
            return { line, label, cell: item.mark.startsWith("cell-") };
        });
        const legend = make("div", { className: "legend", children: [make("ul", { children: marks.map(({ line }) => line) }), meta] });
        facts.set(layer.id, { box, legend, meta, marks });
        return make("div", { className: "layer-row", children: [
            make("div", { className: "form-check", children: [
                box, make("label", { className: "form-check-label", text: layer.title, attributes: { for: `capa-${layer.id}` } }),
            ] }), legend,
        ] });
    }
    // the classes of the zoom where cells are drawn, the marks of single incidents where those are
    function showCells(marks, { classes }, zoom) {
        const counted = isCounted(zoom, cells);
        const told = ranges(limitsAt(zoom, classes, cells)).map(rangeWords);
        for (const { line, label, cell } of marks) {
            line.hidden = cell !== counted;
            if (cell) label.textContent = told.shift();
        }
    }
    function rangeWords({ first, last }, index) {
        if (last === null) return words("cell_or_more", { n: formatNumber(first) });
        if (index === 0 && last > first) return words("cell_few", { n: formatNumber(last + 1) });
        return first === last ? formatNumber(first) : words("cell_between", { from: formatNumber(first), until: formatNumber(last) });
    }
    function sentence(known, view) {
        if (!known) return "";
        const told = [];
        if (view && isCounted(view.zoomOfTiles, cells)) told.push(words("cell_side", { side: sideWords(cellSideM(view.zoomOfTiles, cells)) }));
        if (known.n !== null && known.n !== undefined) told.push(words("n_is", { n: formatNumber(known.n) }));
        if (known.from && known.until) told.push(words("from_until", { from: formatDate(known.from), until: formatDate(known.until) }));
        else if (known.date) told.push(words("as_of", { date: formatDate(known.date) }));
        if (known.source) told.push(words("source_is", { source: known.source }));
        if (known.note) told.push(known.note);
        return told.join(" · ");
    }
    function sideWords(metres) {
        return metres < 1000 ? `${metres} m` : `${formatNumber(metres / 1000)} km`;
    }
}
