// Counted cells: how wide they are at a zoom of the tiles, and in which class a count falls.
export function cellSideM(zoom, { sideM, atZoom, coarsest }) {
    return sideM * 2 ** (atZoom - Math.max(zoom, coarsest));
}

// Nearer than this zoom there are no cells: each incident is drawn.
export const isCounted = (zoom, { atZoom }) => zoom <= atZoom;

// The limits that the legend brought for the width of the cells at a zoom, else the usual ones.
export function limitsAt(zoom, classes, { coarsest, limits }) {
    return classes?.[String(Math.max(zoom, coarsest))] ?? limits;
}

// A count that is withheld falls into the lowest class.
export function classOf(count, limits) {
    if (count === null || count === undefined) return 0;
    const step = limits.findIndex((limit) => count < limit);
    return step === -1 ? limits.length : step;
}

// The classes as first and last count; the last class has no end.
export function ranges(limits) {
    return [1, ...limits].map((first, index) => ({ first, last: index < limits.length ? limits[index] - 1 : null }));
}
