// Drawing and reshaping on the map. The store's draft is the truth; what the pointer makes is handed to it.
import Draw from "ol/interaction/Draw.js";
import Modify from "ol/interaction/Modify.js";
import Snap from "ol/interaction/Snap.js";
import { altKeyOnly, primaryAction, singleClick } from "ol/events/condition.js";
import Feature from "ol/Feature.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import MultiPoint from "ol/geom/MultiPoint.js";
import { Style } from "ol/style.js";
import { format } from "./layers.js";

const DECIMALS = 9;

export function createEditing({ stage, store, onDrawn, onReshaped, followers }) {
    const { map } = stage;
    const source = new VectorSource();
    const layer = new VectorLayer({ source, style: draftStyle, zIndex: 950 });
    const along = new VectorLayer({ source: new VectorSource(), style: () => stage.styles().along(), zIndex: 945 });
    const others = new VectorLayer({ source: new VectorSource(), style: () => stage.styles().other(), zIndex: 940 });
    layer.set("id", "draft");
    others.set("id", "other");
    along.set("id", "along");
    map.addLayer(others);
    map.addLayer(along);
    map.addLayer(layer);

    const modify = new Modify({
        source, style: () => stage.styles().vertex(), pixelTolerance: 12,
        condition: (event) => primaryAction(event) && !altKeyOnly(event),
        deleteCondition: (event) => altKeyOnly(event) && singleClick(event),
    });
    const snaps = [new Snap({ source }), new Snap({ source: stage.layerOf("sectores").getSource(), pixelTolerance: 8 })];
    let draw = null;
    modify.setActive(false);
    map.addInteraction(modify);
    modify.on("modifyend", () => window.setTimeout(() => onReshaped(shapeNow(), "reshape"), 0));

    store.on("draft", ({ draft }) => {
        modify.setActive(Boolean(draft));
        snapping(Boolean(draft));
        source.clear(true);
        showAlong(draft ? followers(draft, draft.geometry) : []);
        if (!draft) return;
        const feature = new Feature(format.readGeometry(draft.geometry));
        feature.on("change", () => showAlong(followers(draft, shapeOf(feature)))); // while it is dragged
        source.addFeature(feature);
    });
    store.on("drawing", ({ drawing }) => (drawing ? startDrawing() : stopDrawing()));
    store.on("other", ({ other }) => {
        others.getSource().clear(true);
        if (other) others.getSource().addFeature(new Feature(format.readGeometry(other.geometry)));
    });

    function draftStyle(feature) {
        const corners = new Style({
            geometry: new MultiPoint(feature.getGeometry().getCoordinates().flat(2)),
            image: stage.styles().vertex().getImage(),
        });
        return [...stage.styles().draft(), corners];
    }
    const shapeNow = () => shapeOf(source.getFeatures()[0]);
    function shapeOf(feature) {
        return format.writeGeometryObject(feature.getGeometry(), { decimals: DECIMALS });
    }
    function showAlong(shapes) {
        along.getSource().clear(true);
        along.getSource().addFeatures(shapes.map((shape) => new Feature(format.readGeometry(shape))));
    }
    function startDrawing() {
        draw = new Draw({ type: "Polygon", style: sketch, stopClick: true });
        draw.on("drawend", (event) => {
            const geometry = format.writeGeometryObject(event.feature.getGeometry(), { decimals: DECIMALS });
            window.setTimeout(() => onDrawn(geometry), 0); // after OpenLayers has put its sketch away
        });
        map.addInteraction(draw);
        snapping(true);
    }
    function sketch(feature) {
        return feature.getGeometry().getType() === "Point" ? stage.styles().vertex() : stage.styles().draft();
    }
    function stopDrawing() {
        if (!draw) return;
        map.removeInteraction(draw);
        draw = null;
        snapping(Boolean(store.get("draft")));
    }
    function snapping(on) {
        for (const snap of snaps) { map.removeInteraction(snap); if (on) map.addInteraction(snap); }
    }

    return {
        endDrawing: () => draw?.finishDrawing(),
        backOnePoint: () => draw?.removeLastPoint(),
        removePointUnderPointer() {
            if (!modify.getActive() || !modify.removePoint()) return false;
            onReshaped(shapeNow(), "remove");
            return true;
        },
    };
}
