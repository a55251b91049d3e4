// A map with the ground, one camera, the handle that turns it, and what it sees by class.
import Feature from "ol/Feature.js";
import Map from "ol/Map.js";
import View from "ol/View.js";
import { defaults as controls } from "ol/control/defaults.js";
import LineString from "ol/geom/LineString.js";
import Point from "ol/geom/Point.js";
import Translate from "ol/interaction/Translate.js";
import Collection from "ol/Collection.js";
import VectorLayer from "ol/layer/Vector.js";
import { fromLonLat, getPointResolution, toLonLat, transformExtent } from "ol/proj.js";
import VectorSource from "ol/source/Vector.js";
import { createLayer, format, setPeriod } from "./layers.js";
import { readPalette } from "./palette.js";
import { createStyles } from "./styles.js";

export function createCameraMap({ target, layers, extent, words, start, onMoved, onTurned }) {
    let styles = createStyles(readPalette(), { cells: null });
    const ground = layers.map((description, index) => {
        const layer = createLayer(description, { style: (feature, resolution) => styles[description.id](feature, resolution), zIndex: index });
        setPeriod(layer, description, {});
        return layer;
    });
    const seen = new VectorSource();
    const eye = new Feature();
    const handle = new Feature();
    const stick = new Feature();
    const view = new View({ maxZoom: 21, enableRotation: false });
    const map = new Map({
        target, view,
        layers: [
            ...ground,
            new VectorLayer({ source: seen, style: (feature) => styles.seen(feature.get("step")), zIndex: 90 }),
            new VectorLayer({ source: new VectorSource({ features: [stick, handle, eye] }), style: (feature) => markStyle(feature), zIndex: 100 }),
        ],
        controls: controls({ attribution: false, rotate: false, zoomOptions: {
            zoomInTipLabel: words.nearer, zoomOutTipLabel: words.farther, zoomOutLabel: "−",
        } }),
    });
    view.fit(transformExtent(extent, "EPSG:4326", "EPSG:3857"), { size: map.getSize() });
    let reach = 60;
    let centred = false;

    if (onMoved) {
        const drag = new Translate({ features: new Collection([eye, handle]), hitTolerance: 8 });
        drag.on("translating", ({ features }) => { if (features.item(0) === handle) turn(); else move(); });
        drag.on("translateend", ({ features }) => { if (features.item(0) === eye) move(); });
        map.addInteraction(drag);
        map.on("singleclick", (event) => onMoved(toLonLat(event.coordinate)));
    }
    document.addEventListener("atalaya:theme", () => {
        styles = createStyles(readPalette(), { cells: null });
        map.getLayers().forEach((layer) => layer.changed());
    });

    function markStyle(feature) {
        if (!feature.getGeometry()) return null;
        if (feature === stick) return styles.stick();
        return feature === eye ? styles.camaras(new Feature({ monitored_live: true })) : styles.vertex();
    }
    function move() { onMoved(toLonLat(eye.getGeometry().getCoordinates())); }
    function turn() {
        const [from, to] = [eye, handle].map((one) => one.getGeometry().getCoordinates());
        onTurned((Math.atan2(to[0] - from[0], to[1] - from[1]) * 180 / Math.PI + 360) % 360);
    }
    function showCamera({ point, azimuth_deg: azimuth, range_m: range, kind }) {
        const place = fromLonLat(point.coordinates);
        reach = range ?? reach;
        eye.setGeometry(new Point(place));
        const fixed = kind !== "domo_ptz" && azimuth !== null && azimuth !== undefined;
        const long = reach / getPointResolution("EPSG:3857", 1, place);
        const tip = fixed ? [place[0] + long * Math.sin(azimuth * Math.PI / 180), place[1] + long * Math.cos(azimuth * Math.PI / 180)] : null;
        handle.setGeometry(tip ? new Point(tip) : undefined);
        stick.setGeometry(tip ? new LineString([place, tip]) : undefined);
        if (centred) return;
        centred = true;
        view.setCenter(place);
        view.setResolution(Math.max(0.2, (2.6 * long) / Math.min(...(map.getSize() ?? [600, 400]))));
    }
    if (start) showCamera(start);

    return {
        showCamera,
        showView(answer) {
            seen.clear(true);
            if (answer) seen.addFeatures(format.readFeatures(answer.features));
        },
        centre: () => toLonLat(view.getCenter()),
    };
}
