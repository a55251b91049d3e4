// Places as people type them: "-39,8140; -73,2460", latitude first; an area has one vertex in each line, and an empty
// line parts two areas.
export function readPlace(written) {
    const [lat, lng] = written.split(";").map((part) => Number(part.trim().replace(",", ".") || NaN));
    return Number.isFinite(lat) && Number.isFinite(lng) ? [lng, lat] : null;
}

export const writePlace = ([lng, lat]) => `${lat.toFixed(6)}; ${lng.toFixed(6)}`.replaceAll(".", ",");

// A MultiPolygon, or null where no area can be read; GeoJSON is taken as it is.
export function readArea(written) {
    const text = written.trim();
    if (text.startsWith("{")) {
        try { return JSON.parse(text); } catch { return null; }
    }
    const rings = text.split(/\n\s*\n/).map((part) => part.split("\n").map(readPlace));
    if (rings.some((ring) => ring.length < 3 || ring.includes(null))) return null;
    return { type: "MultiPolygon", coordinates: rings.map((ring) => [[...ring, ring[0]]]) };
}

export function writeArea({ coordinates }) {
    return coordinates.map(([outer]) => outer.slice(0, -1).map(writePlace).join("\n")).join("\n\n");
}
