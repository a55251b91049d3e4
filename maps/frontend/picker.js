// A small map beside a place field: a click, or Enter for its centre, writes latitude and longitude into the field; where
// the form also has an area, it can be drawn there.
import { readArea, readPlace, writeArea, writePlace } from "./core/places.js";
import { readJson } from "./ui/dom.js";
import { createPicker } from "./render/picker.js";

const element = document.querySelector("[data-picker]");
const field = document.getElementById(element.dataset.picker);
const area = document.getElementById(element.dataset.pickerArea);
const picker = createPicker({
    target: element, ...readJson("selector-ajustes"), start: readPlace(field.value), area: area && readArea(area.value),
    onPicked(place) { field.value = writePlace(place); },
    onDrawn(drawn) { area.value = writeArea(drawn); setMode("point"); },
});
field.addEventListener("change", () => { const place = readPlace(field.value); if (place) picker.show(place); });
element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") picker.drawing(element.dataset.mode === "area");
    if (event.key !== "Enter" || element.dataset.mode === "area") return;
    event.preventDefault();
    picker.takeCentre();
});
const modes = [...document.querySelectorAll("[data-picker-mode]")];
for (const button of modes) button.addEventListener("click", () => setMode(button.dataset.pickerMode));
area?.addEventListener("change", () => picker.showArea(readArea(area.value)));
document.querySelector("[data-picker-clear]")?.addEventListener("click", () => { area.value = ""; picker.showArea(null); });

function setMode(mode) {
    element.dataset.mode = mode;
    for (const button of modes) button.setAttribute("aria-pressed", String(button.dataset.pickerMode === mode));
    picker.drawing(mode === "area");
}
