// What is wrong with a drawn shape, said before it is sent. The server decides; this saves a round trip.
import { areaM2, polygonsOf, segmentsCross } from "./geometry.js";

const SMALLEST_M2 = 1000;

export function problemsOf(geometry) {
    const rings = polygonsOf(geometry).flat(1);
    if (rings.some((ring) => ring.flat().some((number) => !Number.isFinite(number)))) return ["not_a_number"];
    if (rings.flat(1).some(([lng, lat]) => Math.abs(lng) > 180 || Math.abs(lat) > 90)) return ["out_of_range"];
    if (rings.some((ring) => ring.length < 4)) return ["too_few_vertices"];
    if (rings.some(crossesItself)) return ["crosses_itself"]; // its area says nothing
    return areaM2(geometry) < SMALLEST_M2 ? ["too_small"] : [];
}

function crossesItself(ring) {
    const segments = ring.slice(0, -1).map((start, index) => [start, ring[index + 1]]);
    return segments.some((one, first) => segments.some((other, second) => second > first + 1 && segmentsCross(one, other)));
}
