// A small map beside a place field: a click, or Enter for its centre, writes latitude and longitude into the field.
import { readJson } from "./ui/dom.js";
import { createPicker } from "./render/picker.js";

const element = document.querySelector("[data-picker]");
const field = document.getElementById(element.dataset.picker);
const written = ([lng, lat]) => `${lat.toFixed(6)}; ${lng.toFixed(6)}`.replaceAll(".", ",");
const read = () => {
    const [lat, lng] = field.value.split(";").map((part) => Number(part.trim().replace(",", ".")));
    return Number.isFinite(lat) && Number.isFinite(lng) && field.value.includes(";") ? [lng, lat] : null;
};
const picker = createPicker({ target: element, ...readJson("selector-ajustes"), start: read(), onPicked(place) { field.value = written(place); } });
field.addEventListener("change", () => { const place = read(); if (place) picker.show(place); });
element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    picker.takeCentre();
});
