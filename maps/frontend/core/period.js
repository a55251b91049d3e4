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
