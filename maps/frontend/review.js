// Pages where a person judges one case after the other: marks on a map, a card that htmx swaps, everything by keyboard.
import { createMarks } from "./render/marks.js";
import { part, parts, readJson } from "./ui/dom.js";
import { wireKeyed } from "./ui/keyed.js";

const element = document.querySelector("[data-marks]");
const stage = createMarks({ target: element, ...readJson("mapa-ajustes"), onPicked: pick });
let marks = [];

function chosen() {
    return parts("choice").find((choice) => choice.checked)?.value ?? "";
}
function draw() {
    const picked = part("picked");
    const own = picked?.dataset.lng ? [{ lng: Number(picked.dataset.lng), lat: Number(picked.dataset.lat), label: "★", chosen: chosen() === "mapa" }] : [];
    stage.show([...marks.map((mark, index) => ({ ...mark, chosen: mark.chosen || chosen() === String(index + 1) })), ...own]);
}
function load() {
    marks = document.getElementById("marcas") ? readJson("marcas") : [];
    draw();
    stage.frame(marks);
    for (const choice of parts("choice")) choice.addEventListener("change", draw);
}
function pick([lng, lat]) {
    const picked = part("picked");
    if (!picked) return;
    picked.hidden = false;
    Object.assign(picked.dataset, { lng: lng.toFixed(7), lat: lat.toFixed(7) });
    part("lng").value = lng.toFixed(7);
    part("lat").value = lat.toFixed(7);
    const choice = part("choice", picked);
    choice.disabled = false;
    choice.checked = true;
    choice.focus({ preventScroll: true }); // so that the next Enter accepts
    draw();
}

wireKeyed(document);
element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    pick(stage.centre());
});
document.addEventListener("htmx:afterSwap", load);
load();
element.dataset.ready = "yes";
