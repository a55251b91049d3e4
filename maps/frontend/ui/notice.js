// A short sentence over the map, also said to screen readers; an act may stand beside it (undo rather than a dialog).
import { announce } from "./announce.js";
import { make, part, show } from "./dom.js";

let timer = 0;

export function notify(sentence, { act = null, label = "", kind = "" } = {}) {
    const box = part("notice");
    box.className = `notice ${kind}`;
    box.replaceChildren(make("span", { text: sentence }));
    if (act) box.append(make("button", { className: "btn btn-sm btn-link", text: label, attributes: { type: "button" }, on: { click: () => { show(box, false); act(); } } }));
    show(box, true);
    announce(sentence);
    window.clearTimeout(timer);
    timer = window.setTimeout(() => show(box, false), act || kind === "bad" ? 12000 : 5000);
}
