// Layers of the map from their descriptions: vector tiles of our own host, or features held by the store.
import GeoJSON from "ol/format/GeoJSON.js";
import MVT from "ol/format/MVT.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorTileLayer from "ol/layer/VectorTile.js";
import VectorSource from "ol/source/Vector.js";
import VectorTileSource from "ol/source/VectorTile.js";

export const format = new GeoJSON({ dataProjection: "EPSG:4326", featureProjection: "EPSG:3857" });

export function createLayer(description, { style, zIndex }) {
    const layer = description.kind === "features" ? featureLayer(style) : tileLayer(description, style);
    layer.set("id", description.id);
    layer.setZIndex(zIndex);
    return layer;
}

function featureLayer(style) {
    return new VectorLayer({ source: new VectorSource(), style, updateWhileInteracting: true });
}

function tileLayer(description, style) {
    return new VectorTileLayer({
        source: new VectorTileSource({ format: new MVT({ idProperty: "id" }), maxZoom: description.max_zoom, minZoom: 0 }),
        style,
        declutter: description.declutter ? description.id : false,
        renderBuffer: 64,
        minZoom: description.min_zoom > 0 ? description.min_zoom - 0.001 : undefined,
    });
}

// Points the tiles at the period asked for; tiles of the period before leave the screen.
export function setPeriod(layer, description, { from, until }) {
    const query = description.dated && from && until ? `?desde=${from}&hasta=${until}` : "";
    layer.getSource().setUrl(`${description.url}${query}`);
}

export function showFeatures(layer, collection) {
    const source = layer.getSource();
    source.clear(true);
    source.addFeatures(format.readFeatures(collection));
}
