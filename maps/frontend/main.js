// The map page: reads what the server sent, makes the parts, wires them through the store.
import { createWords } from "./core/i18n.js";
import { squareAround } from "./core/geometry.js";
import { readAddress, writeAddress } from "./core/permalink.js";
import { createStore } from "./core/store.js";
import * as draftOf from "./edit/draft.js";
import { createClient } from "./net/client.js";
import { createSync } from "./net/sync.js";
import { createEditing } from "./render/editing.js";
import { createMap } from "./render/map.js";
import { announce } from "./ui/announce.js";
import { createConflict } from "./ui/conflict.js";
import { createCoordinates } from "./ui/coordinates.js";
import { createDraftOffer } from "./ui/draft_offer.js";
import { createDraftStore } from "./ui/draft_store.js";
import { createDetails } from "./ui/details.js";
import { part, readJson, show } from "./ui/dom.js";
import { createEditor } from "./ui/editor.js";
import { createHistoryList } from "./ui/history_list.js";
import { wireKeys } from "./ui/keys.js";
import { createLayersPanel } from "./ui/layers_panel.js";
import { notify } from "./ui/notice.js";
import { createPeriod } from "./ui/period.js";
import { createSectorList } from "./ui/sector_list.js";

const settings = readJson("mapa-ajustes");
const words = createWords(readJson("mapa-textos"));
const { layers, groups, may, addresses, today, extent, cells } = settings;
const asked = readAddress(window.location.search);
const mapElement = document.getElementById("mapa");
const ground = layers.filter((layer) => layer.ground).map((layer) => layer.id);

const store = createStore({
    visible: null, period: null, sectors: null, selected: null, view: null, draft: null, drawing: false, saving: false,
    other: null, legend: {},
});
const sync = createSync({ ask: createClient({ token: settings.token }), addresses });
const stage = createMap({ target: mapElement, store, layers, cells, extent, words });
const editing = createEditing({
    stage, store,
    onDrawn(geometry) { startDraft({ id: null, geometry, properties: {} }); },
    followers: draftOf.alongWith,
    onReshaped(geometry, verb) { change((draft) => draftOf.replaced(draft, geometry, verb)); },
});

const acts = {
    close() { store.set({ selected: null, other: null }); mapElement.focus(); },
    async edit() {
        const selected = store.get("selected");
        if (!may.edit || store.get("draft") || offer.first()) return;
        if (selected?.layer !== "sectores") { notify(words("choose_sector_first")); return; }
        const feature = await sync.loadSector(selected.properties.code);
        if (!feature) { notify(words("not_reached"), { kind: "bad" }); return; }
        startDraft(feature);
    },
    draw() {
        if (!may.edit || store.get("draft") || offer.first()) return;
        store.set({ drawing: true, selected: null });
        announce(words("drawing_help"));
    },
    endDrawing: () => editing.endDrawing(),
    startSquare() { startDraft({ id: null, geometry: squareAround(store.get("view").centre, 200), properties: {} }); acts.table(); },
    undo() { if (store.get("drawing")) editing.backOnePoint(); else change(draftOf.undo); },
    redo: () => change(draftOf.redo),
    table() { if (store.get("draft")) coordinates.open(); },
    removeVertex() { if (!editing.removePointUnderPointer()) notify(words("point_at_vertex")); },
    insert: (path) => change((draft) => draftOf.inserted(draft, path)),
    remove(path) {
        const before = store.get("draft");
        change((draft) => draftOf.removed(draft, path));
        if (store.get("draft") === before) notify(words("three_vertices"));
    },
    move: (path, position) => change((draft) => draftOf.moved(draft, path, position)),
    together: (on) => change((draft) => draftOf.movingTogether(draft, on)),
    describe: (properties) => change((draft) => ({ ...draft, properties: { ...draft.properties, ...properties } })),
    refuse: (sentence) => announce(sentence),
    cancel() {
        const draft = store.get("draft");
        store.set({ draft: null, drawing: false, other: null });
        if (draft && draftOf.isChanged(draft)) {
            notify(words("edit_left"), { label: words("go_on_editing"), act: () => store.set({ draft }) });
        }
        mapElement.focus();
    },
    escape() { if (store.get("draft") || store.get("drawing")) acts.cancel(); else acts.close(); },
    async save({ reason, name, code, typology } = {}) {
        if (!reason) { editor.save(); return; }
        const draft = store.get("draft");
        const feature = draftOf.finish(draft);
        if (draftOf.isNew(draft)) feature.properties = { name, code, typology };
        store.set({ saving: true });
        const others = draftOf.finishOthers(draft);
        const answer = others.length
            ? await sync.saveTogether([{ ...feature, properties: { version: draft.version } }, ...others], { reason })
            : await sync.saveFeature(feature, { expectedVersion: draft.version, reason });
        store.set({ saving: false });
        if (answer.saved) await saved(answer.saved.features?.[0] ?? answer.saved, others.length ? words("saved_together", { n: others.length + 1 }) : words("saved"));
        else if (answer.conflict) conflict.open(answer.conflict, answer.conflict.yours ?? feature);
        else editor.refused(answer.refused || words("not_reached"));
    },
    async history() {
        const { code } = store.get("selected").properties;
        const answer = await sync.loadVersions(code);
        if (answer?.features?.length) history.open(answer.features);
        else notify(words("not_reached"), { kind: "bad" });
    },
    look(feature) { store.set({ other: feature }); stage.zoomTo(feature.geometry); notify(words("looking_at_version", { version: feature.properties.version })); },
    async restore(feature, reason) {
        const { code, version: expectedVersion } = currentSector(feature.properties.code).properties;
        const answer = await sync.restoreVersion(code, { version: feature.properties.version, expectedVersion, reason });
        if (answer.saved) await saved(answer.saved, words("restored", { version: feature.properties.version }));
        else notify(answer.conflict?.sentence || answer.refused || words("not_reached"), { kind: "bad" });
    },
    keepMine({ current }) { store.set({ draft: draftOf.rebased(store.get("draft"), current), other: current }); editor.save(); },
    takeTheirs({ current }) {
        if (current.id !== store.get("draft").id) {
            change((draft) => draftOf.yielded(draft, current));
            notify(words("neighbour_stays", { code: current.id }));
            return;
        }
        store.set({ draft: null, other: null });
        saved(current, words("took_theirs"));
    },
    lookAtBoth({ current }) { store.set({ other: current }); stage.zoomTo(current.geometry); notify(words("both_shown")); },
    layers() { document.body.classList.toggle("side-open"); part("layers").querySelector("input")?.focus(); },
    search() { document.body.classList.add("side-open"); list.focusSearch(); },
    help: () => part("keys-dialog").showModal(),
};

const drafts = createDraftStore({ owner: settings.owner });
const offer = createDraftOffer({ words, announce, onRestore: resumeDraft, onDiscard: () => drafts.forget() });
const editor = createEditor({ store, words, acts });
const coordinates = createCoordinates({ store, words, acts });
const history = createHistoryList({ words, acts });
const conflict = createConflict({ words, acts });
createLayersPanel({ store, layers, groups, cells, words });
createPeriod({ store, today, words, announce });
createDetails({ store, layers, may, addresses, words, acts });
const list = createSectorList({ store, words, onChosen: (feature) => { choose(feature); stage.zoomTo(feature.geometry); } });
wireKeys({ mapElement, store, acts });
wireButtons();

store.on(["view", "visible", "period", "selected"], writePermalink);
store.on("period", loadLegend);
store.on(["draft", "drawing"], ({ draft, drawing }) => {
    document.body.classList.toggle("editing", Boolean(draft || drawing));
    for (const name of ["draw", "edit"]) if (part(`tool-${name}`)) part(`tool-${name}`).disabled = Boolean(draft || drawing);
});
let unkept = false;
store.on("draft", ({ draft }) => {
    const worth = draft && draftOf.isChanged(draft);
    unkept = Boolean(worth) && !drafts.keep(draftOf.kept(draft));
    if (!worth) drafts.forget();
});
window.addEventListener("beforeunload", (event) => { if (unkept) event.preventDefault(); });

store.set({
    period: { from: asked.from ?? settings.period.from, until: asked.until ?? settings.period.until },
    visible: [...ground, ...(asked.layers ?? layers.filter((layer) => layer.shown && !layer.ground).map((layer) => layer.id))],
});
if (asked.centre) stage.goTo(asked);
loadSectors().then(() => {
    const wanted = asked.sector && currentSector(asked.sector);
    if (wanted) { choose(wanted); if (!asked.centre) stage.zoomTo(wanted.geometry); }
    const left = may.edit && drafts.read();
    if (left) offer.open(left);
    mapElement.dataset.ready = "yes";
});

function change(step) {
    const draft = store.get("draft");
    if (draft) store.set({ draft: step(draft) });
}
function startDraft(feature) {
    editor.reset();
    const around = store.get("sectors")?.features ?? [];
    store.set({ drawing: false, draft: draftOf.begin(feature, { around }), other: null });
    if (feature.id === null) editor.focus();
    announce(words("editing_help"));
}
function resumeDraft({ draft }) {
    const around = store.get("sectors")?.features ?? [];
    const selected = draft.id && currentSector(draft.id);
    if (selected) choose(selected);
    editor.reset();
    store.set({ draft: draftOf.resumed(draft, { around }) });
    editor.fill(draft.properties);
    stage.zoomTo(draft.geometry);
    editor.focus();
}
async function saved(feature, sentence) {
    store.set({ draft: null, other: null });
    await loadSectors();
    const fresh = currentSector(feature.properties?.code ?? feature.id);
    if (fresh) choose(fresh);
    notify(sentence, { kind: "good" });
}
async function loadSectors() {
    const collection = addresses.sectors && await sync.loadFeatures(addresses.sectors);
    if (collection) store.set({ sectors: collection });
    else notify(words("sectors_not_loaded"), { kind: "bad" });
}
async function loadLegend() {
    const { from, until } = store.get("period");
    const legend = await sync.loadFeatures(`${addresses.legend}?desde=${from}&hasta=${until}`);
    if (legend) store.set({ legend });
}
function currentSector(code) {
    return store.get("sectors")?.features.find((feature) => feature.properties.code === code) ?? null;
}
function choose(feature) {
    store.set({ selected: { layer: "sectores", id: feature.id, properties: feature.properties, feature: null, others: 0 } });
}
function writePermalink() {
    const [view, visible, period, selected] = ["view", "visible", "period", "selected"].map(store.get);
    if (!view || !visible || !period) return;
    const address = writeAddress({
        centre: view.centre, zoom: view.zoom, layers: visible.filter((id) => !ground.includes(id)), ...period,
        sector: selected?.layer === "sectores" ? selected.properties.code : null,
    });
    window.history.replaceState(null, "", address);
    const download = part("download-view");
    if (download) download.href = `${addresses.download}${address}`;
}
function wireButtons() {
    const buttons = { "tool-home": stage.home, "tool-draw": acts.draw, "tool-edit": acts.edit, "tool-keys": acts.help, "tool-layers": acts.layers,
        "close-side": () => document.body.classList.remove("side-open") };
    for (const [name, act] of Object.entries(buttons)) part(name)?.addEventListener("click", act);
    for (const button of document.querySelectorAll("dialog [data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
    part("copy-link")?.addEventListener("click", async () => {
        await navigator.clipboard?.writeText(window.location.href).catch(() => {});
        notify(words("link_copied"));
    });
    stage.map.on("loadstart", () => show(part("loading"), true));
    stage.map.on("loadend", () => show(part("loading"), false));
}
