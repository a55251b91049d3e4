// How each layer looks. Shapes differ as well as colours: nothing is told by colour alone.
import { Circle, Fill, RegularShape, Stroke, Style, Text } from "ol/style.js";
import { alpha } from "./palette.js";

const FONT = "600 12px system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif";

export function createStyles(palette, { cells }) {
    const cache = new Map();
    const once = (key, make) => { if (!cache.has(key)) cache.set(key, make()); return cache.get(key); };
    const area = (fill, stroke, width = 1, dash = undefined) => new Style({
        fill: fill ? new Fill({ color: fill }) : undefined,
        stroke: stroke ? new Stroke({ color: stroke, width, lineDash: dash }) : undefined,
    });
    const shape = (colour, { points, radius = 6, inner, angle = 0, filled = true }) => new Style({
        image: new RegularShape({
            points, radius, radius2: inner, angle,
            fill: new Fill({ color: filled ? colour : palette.surface }),
            stroke: new Stroke({ color: filled ? palette.surface : colour, width: filled ? 1.5 : 2 }),
        }),
    });
    const dot = (colour, radius) => new Style({
        image: new Circle({ radius, fill: new Fill({ color: colour }), stroke: new Stroke({ color: palette.surface, width: 1 }) }),
    });
    const label = (words) => new Text({
        text: words, font: FONT, overflow: true, fill: new Fill({ color: palette.ink }),
        stroke: new Stroke({ color: palette["map-ground"], width: 3 }),
    });

    return {
        manzanas: (feature, resolution) => once(`block-${resolution < 12}`, () =>
            area(palette["map-block"], resolution < 12 ? palette["map-ground"] : undefined, 1)),
        mascara: (feature) => once(`mask-${feature.get("kind")}`, () =>
            area(feature.get("kind") === "water" ? palette["map-water"] : palette["map-wet"])),
        calles: (feature, resolution) => {
            const width = resolution < 1.5 ? 6 : resolution < 5 ? 3.5 : resolution < 15 ? 1.5 : 0.7;
            const styles = once(`street-${width}`, () => [
                area(null, palette["map-street-edge"], width + 1.2), area(null, palette["map-street"], width)]);
            const name = resolution < 1.2 ? feature.get("name") : "";
            if (!name) return styles;
            return [...styles, once(`street-name-${name}`, () => new Style({ text: streetName(name) }))];
        },
        edificios: () => once("building", () => area(palette["map-building"], alpha(palette["ink-soft"], 0.4), 0.5)),
        "espacio-publico": () => once("public", () => area(palette["map-public"])),
        unidades: (feature, resolution) => {
            const style = once("unit", () => area(alpha(palette["map-unit"], 0.02), palette["map-unit"], 1.5, [6, 4]));
            const name = resolution < 12 ? feature.get("name") || feature.get("code") : "";
            return name ? [style, once(`unit-${name}`, () => new Style({ text: label(name) }))] : style;
        },
        lugares: () => once("place", () => shape(palette["ink-soft"], { points: 4, radius: 4.5, angle: Math.PI / 4 })),
        incidentes: (feature, resolution) => {
            if (feature.getType() === "Point") {
                const origin = feature.get("origin") ?? "reported";
                return once(`incident-${origin}`, () => origin === "discovered"
                    ? shape(palette.origin.discovered, { points: 4, radius: 6 })
                    : origin === "sensor" ? shape(palette.origin.sensor, { points: 3, radius: 5.5 })
                        : dot(palette.origin.reported, 4));
            }
            const step = cells.classOf(feature.get("n"), resolution);
            return once(`cell-${step}`, () => area(alpha(palette.cell[step], 0.6), alpha(palette.surface, 0.45), 0.5));
        },
        propuestas: (feature) => proposal(feature.get("state")),
        densidad: step, "densidad-relativa": step, significancia: step, conglomerados: step, cambio: step, distritos: step,
        sectores: (feature, resolution) => sector(feature, resolution),
        factores: (feature) => once(`factor-${feature.get("state")}`, () =>
            shape(palette.factor, { points: 3, radius: 7, filled: feature.get("state") !== "en_gestion" })),
        camaras: (feature) => once(`camera-${Boolean(feature.get("monitored_live"))}`, () =>
            shape(palette.camera, { points: 4, radius: 7.5, filled: Boolean(feature.get("monitored_live")) })),
        cobertura: () => once("cover", () => area(alpha(palette["camera-cover"], 0.3), alpha(palette["camera-cover"], 0.7), 0.75)),
        calidad: (feature) => once(`quality-${feature.get("step")}`, () => area(alpha(palette.view[Math.min(feature.get("step"), palette.view.length) - 1], 0.5))),
        seen: (step) => once(`seen-${step}`, () => area(alpha(palette.view[Math.min(step, palette.view.length) - 1], 0.55), palette["camera-cover"], 0.5)),
        stick: () => once("stick", () => area(null, palette.edit, 1.5, [6, 4])),
        eventos: (feature) => once(`event-${feature.getType()}`, () => feature.getType() === "Point"
            ? shape(palette.event, { points: 5, radius: 9, inner: 4 })
            : area(alpha(palette.event, 0.2), palette.event, 2, [2, 4])),
        selected: () => once("selected", () => [
            new Style({
                stroke: new Stroke({ color: palette.surface, width: 6 }),
                image: new Circle({ radius: 11, stroke: new Stroke({ color: palette.surface, width: 6 }) }),
            }),
            new Style({
                stroke: new Stroke({ color: palette.edit, width: 3 }),
                image: new Circle({ radius: 11, stroke: new Stroke({ color: palette.edit, width: 3 }) }),
            }),
        ]),
        draft: () => once("draft", () => [
            area(alpha(palette.edit, 0.12), palette.surface, 5), area(null, palette.edit, 2.5)]),
        along: () => once("along", () => [
            area(alpha(palette.edit, 0.06), palette.surface, 4), area(null, palette.edit, 1.75, [8, 5])]),
        vertex: () => once("vertex", () => new Style({
            image: new Circle({
                radius: 6, fill: new Fill({ color: palette.surface }), stroke: new Stroke({ color: palette.edit, width: 2.5 }),
            }),
        })),
        other: () => once("other", () => area(alpha(palette.conflict, 0.08), palette.conflict, 2.5, [3, 5])),
    };

    // a pale edge under the border and a nearly full colour keep a sector readable over dark cells; over single
    // incidents its colour is thinner, so that they are seen
    function sector(feature, resolution) {
        const step = feature.get("score_class");
        const known = Number.isInteger(step);
        const strong = cells.counted(resolution);
        const style = once(`sector-${step}-${strong}-${feature.get("status") === "borrador"}`, () => [
            area(null, palette.surface, 4.5),
            area(known ? alpha(palette.class[Math.min(step, palette.class.length - 1)], strong ? 0.85 : 0.55) : alpha(palette["ink-soft"], 0.15),
                palette.ink, 1.75, feature.get("status") === "borrador" ? [7, 4] : undefined),
        ]);
        const words = resolution < 8 ? feature.get("name") : resolution < 40 ? feature.get("code") : "";
        if (!words) return style;
        return [...style, once(`sector-name-${words}`, () => new Style({ text: label(words) }))];
    }

    // classes of a method; below zero, less than usual: a border alone
    function step(feature) {
        const level = feature.get("step") ?? 1;
        return once(`step-${level}`, () => level < 0
            ? area(alpha(palette.surface, 0.1), palette["ink-soft"], 1.5, [2, 4])
            : area(alpha(palette.cell[level % palette.cell.length], 0.65), palette.ink, 0.75));
    }

    // an accepted proposal is drawn as its sector; a refused one stays to be seen, in grey
    function proposal(state) {
        if (state === "aceptada") return once("proposal-accepted", () => new Style());
        if (state === "rechazada") return once("proposal-refused", () => area(alpha(palette["ink-soft"], 0.05), palette["ink-soft"], 1.5, [2, 5]));
        return once("proposal", () => area(alpha(palette.foco, 0.18), palette.foco, 2.5, [8, 5]));
    }

    function streetName(name) {
        return new Text({
            text: name, placement: "line", font: FONT.replace("600", "500").replace("12px", "11px"), maxAngle: 0.6,
            fill: new Fill({ color: palette["ink-soft"] }), stroke: new Stroke({ color: palette["map-street"], width: 3 }),
        });
    }
}
