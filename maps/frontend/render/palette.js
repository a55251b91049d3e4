// Colours of the map from the style sheet, so that light and dark and a municipality's own theme reach the canvas.
const NAMES = [
    "ink", "ink-soft", "surface", "line", "accent", "accent-text", "map-ground", "map-water", "map-wet", "map-street",
    "map-street-edge", "map-block", "map-building", "map-public", "map-unit", "foco", "camera", "camera-cover", "event",
    "factor", "edit", "conflict",
];
const SCALES = { class: 5, cell: 5, view: 6 };
const ORIGINS = ["reported", "discovered", "sensor"];

export function readPalette() {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(`--${name}`).trim() || "#888888";
    const palette = Object.fromEntries(NAMES.map((name) => [name, read(name)]));
    for (const [scale, count] of Object.entries(SCALES)) {
        palette[scale] = Array.from({ length: count }, (_, index) => read(`${scale}-${scale === "view" ? index + 1 : index}`));
    }
    palette.origin = Object.fromEntries(ORIGINS.map((name) => [name, read(`origin-${name}`)]));
    return palette;
}

export function alpha(colour, share) {
    const hex = colour.replace("#", "");
    const [r, g, b] = [0, 2, 4].map((start) => Number.parseInt(hex.slice(start, start + 2), 16));
    return `rgba(${r},${g},${b},${share})`;
}
