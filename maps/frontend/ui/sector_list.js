// Sectors inside the view as a list: the way to them by keyboard and by ear.
import { bounds, boundsTouch } from "../core/geometry.js";
import { formatNumber } from "../core/i18n.js";
import { make, part, show } from "./dom.js";

const MOST = 60;

export function createSectorList({ store, words, onChosen }) {
    const list = part("sector-list");
    const search = part("sector-search");
    const empty = part("sector-empty");
    store.on(["sectors", "view", "selected"], draw);
    search?.addEventListener("input", draw);

    function draw() {
        const sectors = store.get("sectors");
        if (!sectors) return;
        const wanted = (search?.value ?? "").trim().toLocaleLowerCase("es");
        const view = store.get("view");
        const found = sectors.features.filter((feature) => wanted
            ? `${feature.properties.code} ${feature.properties.name}`.toLocaleLowerCase("es").includes(wanted)
            : !view || boundsTouch(bounds(feature.geometry), view.bounds));
        found.sort((a, b) => (a.properties.rank ?? 1e6) - (b.properties.rank ?? 1e6) || a.properties.code.localeCompare(b.properties.code));
        list.replaceChildren(...found.slice(0, MOST).map(row));
        show(empty, !found.length);
        empty.textContent = words(sectors.features.length ? "no_sector_here" : "no_sector_yet");
        part("sector-count").textContent = words("n_of_m", { n: formatNumber(found.length), m: formatNumber(sectors.features.length) });
    }
    function row(feature) {
        const { code, name, score, rank_low: low, rank_high: high, score_class: step } = feature.properties;
        const chosen = store.get("selected")?.layer === "sectores" && store.get("selected").id === feature.id;
        const told = score === null || score === undefined
            ? words("no_score") : low === high
                ? words("score_and_place", { score: formatNumber(score), place: low }) : words("score_and_rank", { score: formatNumber(score), low, high });
        return make("li", { children: [make("button", {
            className: "sector-row", attributes: { type: "button", ...(chosen ? { "aria-current": "true" } : {}) },
            children: [
                make("span", { className: `mark class-${Number.isInteger(step) ? step : "none"}`, attributes: { "aria-hidden": "true" } }),
                make("span", { className: "words", children: [make("span", { className: "name", text: name }), make("span", { className: "told", text: `${code} · ${told}` })] }),
            ],
            on: { click: () => onChosen(feature) },
        })] });
    }
    return { focusSearch: () => search?.focus() };
}
