// A map with the ground and one mark.
import Feature from "ol/Feature.js";
import Map from "ol/Map.js";
import View from "ol/View.js";
import { defaults as controls } from "ol/control/defaults.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import { fromLonLat, toLonLat, transformExtent } from "ol/proj.js";
import VectorSource from "ol/source/Vector.js";
import { createLayer, setPeriod } from "./layers.js";
import { readPalette } from "./palette.js";
import { createStyles } from "./styles.js";

export function createPicker({ target, layers, extent, words, start, onPicked }) {
    let styles = createStyles(readPalette(), { cells: null });
    const ground = layers.map((description, index) => {
        const layer = createLayer(description, { style: (feature, resolution) => styles[description.id](feature, resolution), zIndex: index });
        setPeriod(layer, description, {});
        return layer;
    });
    const mark = new VectorSource();
    const top = new VectorLayer({ source: mark, style: () => styles.selected(), zIndex: 100 });
    const view = new View({ maxZoom: 20, enableRotation: false });
    const map = new Map({ target, layers: [...ground, top], controls: controls({ attribution: false, rotate: false, zoomOptions: {
        zoomInTipLabel: words.nearer, zoomOutTipLabel: words.farther, zoomOutLabel: "−",
    } }), view });
    view.fit(transformExtent(extent, "EPSG:4326", "EPSG:3857"), { size: map.getSize() });
    const show = (place) => {
        mark.clear(true);
        mark.addFeature(new Feature(new Point(fromLonLat(place))));
    };
    const pick = (place) => { show(place); onPicked(place); };
    map.on("singleclick", (event) => pick(toLonLat(event.coordinate)));
    document.addEventListener("atalaya:theme", () => {
        styles = createStyles(readPalette(), { cells: null });
        map.getLayers().forEach((layer) => layer.changed());
    });
    if (start) { show(start); view.setCenter(fromLonLat(start)); view.setZoom(16); }
    return {
        show(place) { show(place); view.setCenter(fromLonLat(place)); if (view.getZoom() < 15) view.setZoom(16); },
        takeCentre: () => pick(toLonLat(view.getCenter())),
    };
}
