// Periods of the filter, on calendar days.
export function daysBefore(day, count) {
    const moment = new Date(`${day}T12:00:00Z`);
    moment.setUTCDate(moment.getUTCDate() - count);
    return moment.toISOString().slice(0, 10);
}

export function lastDays(until, count) {
    return { from: daysBefore(until, count - 1), until };
}

export function yearToDate(until) {
    return { from: `${until.slice(0, 4)}-01-01`, until };
}

export const inOrder = ({ from, until }) => Boolean(from && until && from <= until);

// A day as people write it, "22-11-2026" or "22/11/2026", as "2026-11-22"; empty for anything that is no day.
export function readDay(written) {
    const found = /^\s*(\d{1,2})[-/](\d{1,2})[-/](\d{4})/.exec(written);
    if (!found) return "";
    const [, day, month, year] = found.map(Number);
    const moment = new Date(Date.UTC(year, month - 1, day));
    const real = moment.getUTCMonth() === month - 1 && moment.getUTCDate() === day;
    return real ? moment.toISOString().slice(0, 10) : "";
}

// The days of a month in weeks that begin on Monday; null where a week reaches over its ends.
export function weeksOf(year, month) {
    const first = (new Date(Date.UTC(year, month, 1)).getUTCDay() + 6) % 7;
    const count = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
    const cells = [...Array(first).fill(null), ...Array.from({ length: count }, (_, index) => index + 1)];
    while (cells.length % 7) cells.push(null);
    return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(7 * week, 7 * week + 7));
}
