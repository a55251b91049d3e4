// Classes of counted cells as a rate, so that they mean the same at every zoom and for every period:
// incidents per square kilometre in 28 days.
const RATE_DAYS = 28;
const DAY_MS = 86400000;

export function daysOf({ from, until }) {
    return Math.round((Date.parse(until) - Date.parse(from)) / DAY_MS) + 1;
}

export function cellSideM(zoom, { sideM, atZoom, coarsest }) {
    return sideM * 2 ** (atZoom - Math.max(zoom, coarsest));
}

// A count that is withheld (fewer than 5) falls into the lowest class.
export function rateOf(count, sideM, days) {
    return count === null || count === undefined ? 0 : count / (sideM / 1000) ** 2 / (days / RATE_DAYS);
}

export function classOf(value, breaks) {
    const step = breaks.findIndex((limit) => value < limit);
    return step === -1 ? breaks.length : step;
}
