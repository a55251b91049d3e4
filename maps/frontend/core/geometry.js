// Polygons as GeoJSON (lng, lat in degrees): vertices by path [polygon, ring, index], never the closing one.
const EARTH_RADIUS_M = 6371008.8;
const radians = (degrees) => (degrees * Math.PI) / 180;

export function polygonsOf(geometry) {
    return geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
}

export function asMultiPolygon(geometry) {
    return { type: "MultiPolygon", coordinates: polygonsOf(geometry) };
}

export function closed(ring) {
    const [first, last] = [ring[0], ring[ring.length - 1]];
    return first[0] === last[0] && first[1] === last[1] ? ring : [...ring, first];
}

export function polygonFromVertices(vertices) {
    return { type: "MultiPolygon", coordinates: [[closed(vertices)]] };
}

export function verticesOf(geometry) {
    return polygonsOf(geometry).flatMap((rings, polygon) =>
        rings.flatMap((ring, number) =>
            ring.slice(0, -1).map((position, index) => ({ path: [polygon, number, index], position }))));
}

function withRing(geometry, [polygon, number], change) {
    const coordinates = polygonsOf(geometry).map((rings, p) =>
        p !== polygon ? rings : rings.map((ring, r) => (r !== number ? ring : closed(change(ring.slice(0, -1))))));
    return { type: "MultiPolygon", coordinates };
}

export function moveVertex(geometry, path, position) {
    return withRing(geometry, path, (ring) => ring.map((old, index) => (index === path[2] ? position : old)));
}

// A new vertex after the given one; without a position, half way to the next.
export function insertVertex(geometry, path, position = null) {
    return withRing(geometry, path, (ring) => {
        const [here, next] = [ring[path[2]], ring[(path[2] + 1) % ring.length]];
        const added = position ?? [(here[0] + next[0]) / 2, (here[1] + next[1]) / 2];
        return [...ring.slice(0, path[2] + 1), added, ...ring.slice(path[2] + 1)];
    });
}

// Null where the ring would have fewer than three vertices.
export function removeVertex(geometry, path) {
    const ring = polygonsOf(geometry)[path[0]][path[1]];
    if (ring.length <= 4) return null;
    return withRing(geometry, path, (vertices) => vertices.filter((_, index) => index !== path[2]));
}

export function bounds(geometry) {
    const all = polygonsOf(geometry).flat(2);
    const xs = all.map(([x]) => x);
    const ys = all.map(([, y]) => y);
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

export function boundsTouch(a, b) {
    return a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];
}

export function centreOf(geometry) {
    const [west, south, east, north] = bounds(geometry);
    return [(west + east) / 2, (south + north) / 2];
}

// A square of a side in metres around a place: what drawing without a mouse starts from.
export function squareAround([lng, lat], sideM) {
    const dy = (sideM / 2 / EARTH_RADIUS_M) * (180 / Math.PI);
    const dx = dy / Math.cos(radians(lat));
    return polygonFromVertices([[lng - dx, lat - dy], [lng + dx, lat - dy], [lng + dx, lat + dy], [lng - dx, lat + dy]]);
}

function planar(ring) {
    const scale = Math.cos(radians(ring[0][1]));
    return ring.map(([lng, lat]) => [radians(lng) * scale * EARTH_RADIUS_M, radians(lat) * EARTH_RADIUS_M]);
}

function ringAreaM2(ring) {
    const points = planar(ring);
    const [x0, y0] = points[0];
    let twice = 0;
    for (let index = 0; index < points.length - 1; index += 1) {
        const [[x1, y1], [x2, y2]] = [points[index], points[index + 1]];
        twice += (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
    }
    return Math.abs(twice) / 2;
}

// Shown to people while they draw; what is stored is computed on the server in the commune's metric system.
export function areaM2(geometry) {
    return polygonsOf(geometry).reduce((sum, rings) =>
        sum + rings.reduce((area, ring, number) => area + (number === 0 ? 1 : -1) * ringAreaM2(ring), 0), 0);
}

export function segmentsCross([a, b], [c, d]) {
    const side = (p, q, r) => Math.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]));
    return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

export function sameGeometry(a, b) {
    return JSON.stringify(asMultiPolygon(a).coordinates) === JSON.stringify(asMultiPolygon(b).coordinates);
}
