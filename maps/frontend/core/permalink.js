// The address of a view: ?c=lat,lng&z=&capas=a,b&desde=&hasta=&sector= . Latitude first, as people paste it.
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function readAddress(search) {
    const asked = new URLSearchParams(search);
    const view = {};
    const place = (asked.get("c") ?? "").split(",").map(Number);
    if (place.length === 2 && place.every(Number.isFinite) && Math.abs(place[0]) <= 90 && Math.abs(place[1]) <= 180) {
        view.centre = [place[1], place[0]];
    }
    const zoom = Number(asked.get("z"));
    if (asked.get("z") && Number.isFinite(zoom)) view.zoom = Math.min(Math.max(zoom, 3), 20);
    if (asked.has("capas")) view.layers = asked.get("capas").split(",").filter(Boolean);
    for (const [name, key] of [["desde", "from"], ["hasta", "until"]]) {
        if (DAY.test(asked.get(name) ?? "")) view[key] = asked.get(name);
    }
    if (/^[\p{L}\p{N}_.-]{1,40}$/u.test(asked.get("sector") ?? "")) view.sector = asked.get("sector");
    return view;
}

export function writeAddress({ centre, zoom, layers, from, until, sector }) {
    const parts = [];
    if (centre) parts.push(`c=${centre[1].toFixed(4)},${centre[0].toFixed(4)}`);
    if (zoom !== undefined) parts.push(`z=${Math.round(zoom * 10) / 10}`);
    if (layers) parts.push(`capas=${layers.map(encodeURIComponent).join(",")}`);
    if (from) parts.push(`desde=${from}`);
    if (until) parts.push(`hasta=${until}`);
    if (sector) parts.push(`sector=${encodeURIComponent(sector)}`);
    return `?${parts.join("&")}`;
}
