// What a camera sees: drawn for one of the register, and drawn anew while somebody moves, turns or raises one in the form.
import { formatArea, formatNumber } from "./core/i18n.js";
import { createClient } from "./net/client.js";
import { createCameraMap } from "./render/camera.js";
import { readJson } from "./ui/dom.js";
import { createCameraForm } from "./ui/camera_form.js";
import { showClasses } from "./ui/camera_classes.js";

const PAUSE_MS = 60; // while a slider moves, one question at a time
const settings = readJson("selector-ajustes");
const element = document.querySelector("[data-camera-map]");
const said = document.querySelector("[data-camera-said]");
const classes = document.querySelector("[data-camera-classes]");
const ask = createClient({ token: settings.token });
const form = createCameraForm(document.querySelector("[data-camera-form]"), { onChange: soon });
const map = createCameraMap({ target: element, ...settings, start: form?.camera() ?? null, onMoved: form?.moved, onTurned: form?.turned });

let waiting = null;
let asked = 0;
if (form) element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.moved(map.centre());
});
soon();

function soon() {
    const camera = form ? form.camera() : { code: element.dataset.cameraCode };
    if (!camera) return;
    if (camera.point) map.showCamera(camera);
    clearTimeout(waiting);
    waiting = setTimeout(() => look(camera), PAUSE_MS);
}

async function look(camera) {
    const turn = ++asked;
    const answer = await ask(settings.preview, { method: "POST", body: camera });
    if (turn !== asked) return; // the camera has moved since
    if (!answer.ok) {
        map.showView(null);
        showClasses(classes, []);
        said.textContent = answer.body.detail ?? settings.words.lost;
        return;
    }
    map.showCamera(answer.body.camera);
    map.showView(answer.body);
    showClasses(classes, answer.body.classes);
    said.textContent = sentence(answer.body);
}

function sentence({ problem, seen_m2: seen, model, blind_m: blind, notes }) {
    if (problem) return problem;
    const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_whole, name) => values[name]);
    const parts = [seen > 0 ? fill(settings.words.seen, { area: formatArea(seen), model }) : settings.words.nothing];
    if (blind > 0) parts.push(fill(settings.words.blind, { near: formatNumber(blind) }));
    return [...parts, ...notes].join(" ");
}
