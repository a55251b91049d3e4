// The legend of quality classes with the ground each holds: colour, words and figures.
import { formatArea } from "../core/i18n.js";
import { make, show } from "./dom.js";

export function showClasses(list, classes) {
    list.replaceChildren(...classes.map(({ step, title, reach_m: reach, area_m2: area }) => make("li", { children: [
        make("span", { className: `swatch view-${step}`, attributes: { "aria-hidden": "true" } }),
        make("span", { text: `${title} (${Math.round(reach)} m): ${formatArea(area)}` }),
    ] })));
    show(list, classes.length > 0);
}
