// A map with the ground and one mark.
import { asMultiPolygon } from "../core/geometry.js";
import Draw from "ol/interaction/Draw.js";
import Feature from "ol/Feature.js";
import Map from "ol/Map.js";
import View from "ol/View.js";
import { defaults as controls } from "ol/control/defaults.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import { fromLonLat, toLonLat, transformExtent } from "ol/proj.js";
import VectorSource from "ol/source/Vector.js";
import { createLayer, format, setPeriod } from "./layers.js";
import { readPalette } from "./palette.js";
import { createStyles } from "./styles.js";

export function createPicker({ target, layers, extent, words, start, area = null, onPicked, onDrawn }) {
    let styles = createStyles(readPalette(), { cells: null });
    const ground = layers.map((description, index) => {
        const layer = createLayer(description, { style: (feature, resolution) => styles[description.id](feature, resolution), zIndex: index });
        setPeriod(layer, description, {});
        return layer;
    });
    const shape = new VectorSource();
    const under = new VectorLayer({ source: shape, style: () => styles.draft(), zIndex: 90 });
    const mark = new VectorSource();
    const top = new VectorLayer({ source: mark, style: () => styles.selected(), zIndex: 100 });
    const view = new View({ maxZoom: 20, enableRotation: false });
    const map = new Map({ target, layers: [...ground, under, top], controls: controls({ attribution: false, rotate: false, zoomOptions: {
        zoomInTipLabel: words.nearer, zoomOutTipLabel: words.farther, zoomOutLabel: "−",
    } }), view });
    view.fit(transformExtent(extent, "EPSG:4326", "EPSG:3857"), { size: map.getSize() });
    const show = (place) => {
        mark.clear(true);
        mark.addFeature(new Feature(new Point(fromLonLat(place))));
    };
    const pick = (place) => { show(place); onPicked(place); };
    let draw = null;
    map.on("singleclick", (event) => { if (!draw) pick(toLonLat(event.coordinate)); });
    const showArea = (geometry) => {
        shape.clear(true);
        if (geometry) shape.addFeature(new Feature(format.readGeometry(geometry)));
    };
    const drawing = (on) => {
        if (draw) map.removeInteraction(draw);
        draw = null;
        if (!on) return;
        draw = new Draw({ type: "Polygon", style: () => [...styles.draft(), styles.vertex()], stopClick: true });
        draw.on("drawend", (event) => {
            const drawn = asMultiPolygon(format.writeGeometryObject(event.feature.getGeometry(), { decimals: 7 }));
            window.setTimeout(() => { showArea(drawn); onDrawn(drawn); }, 0); // after OpenLayers has put its sketch away
        });
        map.addInteraction(draw);
    };
    document.addEventListener("atalaya:theme", () => {
        styles = createStyles(readPalette(), { cells: null });
        map.getLayers().forEach((layer) => layer.changed());
    });
    showArea(area);
    if (area) view.fit(shape.getExtent(), { size: map.getSize(), padding: [40, 40, 40, 40], maxZoom: 17 });
    else if (start) { view.setCenter(fromLonLat(start)); view.setZoom(16); }
    if (start) show(start);
    return {
        showArea,
        drawing,
        show(place) { show(place); view.setCenter(fromLonLat(place)); if (view.getZoom() < 15) view.setZoom(16); },
        takeCentre: () => pick(toLonLat(view.getCenter())),
    };
}
