// A map with the ground and numbered marks: candidates of a place, the two records of an event.
import Feature from "ol/Feature.js";
import Map from "ol/Map.js";
import View from "ol/View.js";
import { defaults as controls } from "ol/control/defaults.js";
import { boundingExtent, buffer } from "ol/extent.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import { fromLonLat, toLonLat, transformExtent } from "ol/proj.js";
import VectorSource from "ol/source/Vector.js";
import { Circle, Fill, Stroke, Style, Text } from "ol/style.js";
import { createLayer, setPeriod } from "./layers.js";
import { readPalette } from "./palette.js";
import { createStyles } from "./styles.js";

const ROOM_M = 120;

export function createMarks({ target, layers, extent, words, onPicked }) {
    let palette = readPalette();
    let styles = createStyles(palette, { cells: null });
    const ground = layers.map((description, index) => {
        const layer = createLayer(description, { style: (feature, resolution) => styles[description.id](feature, resolution), zIndex: index });
        setPeriod(layer, description, {});
        return layer;
    });
    const source = new VectorSource();
    const look = (feature) => new Style({
        image: new Circle({
            radius: feature.get("chosen") ? 14 : 11,
            fill: new Fill({ color: feature.get("chosen") ? palette.accent : palette.surface }),
            stroke: new Stroke({ color: feature.get("chosen") ? palette.surface : palette.ink, width: 2 }),
        }),
        text: new Text({ text: feature.get("label"), font: "700 12px system-ui, sans-serif", fill: new Fill({ color: feature.get("chosen") ? palette.surface : palette.ink }) }),
        zIndex: feature.get("chosen") ? 2 : 1,
    });
    const view = new View({ maxZoom: 20, enableRotation: false });
    const map = new Map({ target, layers: [...ground, new VectorLayer({ source, style: look, zIndex: 100 })], controls: controls({
        attribution: false, rotate: false, zoomOptions: { zoomInTipLabel: words.nearer, zoomOutTipLabel: words.farther, zoomOutLabel: "−" },
    }), view });
    const whole = transformExtent(extent, "EPSG:4326", "EPSG:3857");
    view.fit(whole, { size: map.getSize() });
    map.on("singleclick", (event) => onPicked?.(toLonLat(event.coordinate)));
    document.addEventListener("atalaya:theme", () => {
        palette = readPalette();
        styles = createStyles(palette, { cells: null });
        map.getLayers().forEach((layer) => layer.changed());
    });
    return {
        show(marks) {
            source.clear(true);
            source.addFeatures(marks.map((mark) => new Feature({ geometry: new Point(fromLonLat([mark.lng, mark.lat])), label: mark.label, chosen: Boolean(mark.chosen) })));
        },
        frame(marks) {
            const box = marks.length ? buffer(boundingExtent(marks.map((mark) => fromLonLat([mark.lng, mark.lat]))), ROOM_M) : whole;
            view.fit(box, { size: map.getSize(), maxZoom: 18 });
        },
        centre: () => toLonLat(view.getCenter()),
    };
}
