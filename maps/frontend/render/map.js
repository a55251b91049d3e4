// The map as a picture of the store: view, layers, selection. Editing lies in editing.js.
import Map from "ol/Map.js";
import View from "ol/View.js";
import { defaults as controls } from "ol/control/defaults.js";
import ScaleLine from "ol/control/ScaleLine.js";
import { fromLonLat, toLonLat, transformExtent } from "ol/proj.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { toFeature } from "ol/render/Feature.js";
import { createXYZ } from "ol/tilegrid.js";
import { classOf, isCounted, limitsAt } from "../core/cells.js";
import { createLayer, format, setPeriod, showFeatures } from "./layers.js";
import { readPalette } from "./palette.js";
import { createStyles } from "./styles.js";

const TILE_PX = 512; // as vector tiles are cut unless told otherwise

export function createMap({ target, store, layers, cells, extent, words }) {
    const grid = createXYZ({ tileSize: TILE_PX });
    const zoomOfTiles = (resolution) => grid.getZForResolution(resolution, 1);
    const counted = {
        counted: (resolution) => isCounted(zoomOfTiles(resolution), cells),
        classOf: (count, resolution) => classOf(count, limitsAt(zoomOfTiles(resolution), store.get("legend").incidentes?.classes, cells)),
    };
    let styles = createStyles(readPalette(), { cells: counted });
    const drawn = layers.map((description, index) => createLayer(description, {
        style: (feature, resolution) => styles[description.id](feature, resolution), zIndex: index,
    }));
    const selection = new VectorLayer({ source: new VectorSource(), style: () => styles.selected(), zIndex: 900 });
    selection.set("id", "selection");
    const box = transformExtent(extent, "EPSG:4326", "EPSG:3857");
    const map = new Map({
        target,
        layers: [...drawn, selection],
        controls: controls({ attribution: false, rotate: false, zoomOptions: {
            zoomInTipLabel: words("zoom_in"), zoomOutTipLabel: words("zoom_out"), zoomOutLabel: "−",
        } }).extend([new ScaleLine({ minWidth: 80 })]),
        view: new View({ center: fromLonLat([(extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2]), zoom: 13, maxZoom: 20, enableRotation: false }),
    });
    fit();

    store.on("visible", ({ visible }) => drawn.forEach((layer) => layer.setVisible(visible.includes(layer.get("id")))));
    store.on("period", ({ period }) => drawn.forEach((layer, index) => {
        if (layers[index].kind === "tiles") setPeriod(layer, layers[index], period);
    }));
    store.on("legend", () => layerOf("incidentes")?.changed());
    store.on("sectors", ({ sectors }) => showFeatures(layerOf("sectores"), sectors));
    store.on("selected", ({ selected }) => showSelection(selected));
    document.addEventListener("atalaya:theme", () => {
        styles = createStyles(readPalette(), { cells: counted });
        map.getLayers().forEach((layer) => layer.changed());
    });
    map.on("moveend", () => store.set({ view: viewNow() }));
    map.on("singleclick", (event) => { if (!store.get("draft") && !store.get("drawing")) pick(event.pixel); });
    map.on("pointermove", (event) => {
        if (event.dragging) return;
        const over = !store.get("draft") && !store.get("drawing") && map.hasFeatureAtPixel(event.pixel, { layerFilter: asksForDetails });
        map.getTargetElement().classList.toggle("over-feature", over);
    });

    function layerOf(id) { return drawn[layers.findIndex((description) => description.id === id)]; }
    function asksForDetails(layer) { return layers.some((one) => one.id === layer.get("id") && one.details); }
    function viewNow() {
        const view = map.getView();
        return {
            centre: toLonLat(view.getCenter()), zoom: view.getZoom(), resolution: view.getResolution(),
            zoomOfTiles: zoomOfTiles(view.getResolution()),
            bounds: transformExtent(view.calculateExtent(map.getSize() ?? [800, 600]), "EPSG:3857", "EPSG:4326"),
        };
    }
    function pick(pixel) {
        const hits = [];
        map.forEachFeatureAtPixel(pixel, (feature, layer) => {
            const id = layer.get("id");
            if (hits.length < 8 && !hits.some((hit) => hit.layer === id && hit.feature === feature)) hits.push({ layer: id, feature });
        }, { layerFilter: asksForDetails, hitTolerance: 6 });
        if (!hits.length) { store.set({ selected: null }); return; }
        hits.sort((a, b) => rank(a) - rank(b));
        const { layer, feature } = hits[0];
        const { geometry: _shape, ...properties } = feature.getProperties();
        store.set({ selected: { layer, id: feature.getId() ?? properties.code, properties, feature, others: hits.length - 1 } });
    }
    // points before areas, the top layer before those under it
    function rank({ layer, feature }) {
        return (/Point/.test(feature.getType?.() ?? feature.getGeometry().getType()) ? 0 : 1000) - layers.findIndex((one) => one.id === layer);
    }
    function showSelection(selected) {
        const source = selection.getSource();
        source.clear(true);
        if (!selected) return;
        if (selected.layer === "sectores") {
            const found = layerOf("sectores").getSource().getFeatureById(selected.id);
            if (found) source.addFeature(found.clone());
        } else if (selected.feature) source.addFeature(toFeature(selected.feature));
    }
    function fit() { map.getView().fit(box, { padding: [24, 24, 24, 24] }); }

    return {
        map,
        styles: () => styles,
        layerOf,
        home: fit,
        refresh(id) { layerOf(id)?.getSource().refresh(); },
        goTo({ centre, zoom }) {
            if (centre) map.getView().setCenter(fromLonLat(centre));
            if (zoom !== undefined) map.getView().setZoom(zoom);
        },
        zoomTo(geometry) {
            const shape = format.readGeometry(geometry);
            map.getView().fit(shape.getExtent(), { padding: [60, 60, 60, 60], maxZoom: 17, duration: calm() ? 0 : 250 });
        },
    };
}

const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
