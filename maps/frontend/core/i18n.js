// Words come from the server's one catalogue; numbers and dates take the Chilean form.
const NUMBER = new Intl.NumberFormat("es-CL", { maximumFractionDigits: 1 });

export function createWords(messages) {
    return (key, values = {}) => {
        const sentence = messages[key];
        if (sentence === undefined) throw new Error(`no words for “${key}”`);
        return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
    };
}

export const formatNumber = (value) => NUMBER.format(value);

// "2026-11-22" or an ISO moment -> 22-11-2026, or 22-11-2026 14:05 in the reader's clock.
export function formatDate(value) {
    if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return value.split("-").reverse().join("-");
    const moment = new Date(value);
    const two = (number) => String(number).padStart(2, "0");
    const day = `${two(moment.getDate())}-${two(moment.getMonth() + 1)}-${moment.getFullYear()}`;
    return `${day} ${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

// "2026-11-22 14:05" as the commune's clocks showed it -> 22-11-2026 14:05.
export function formatMoment(written) {
    const [day, time = ""] = written.split(" ");
    return `${formatDate(day)} ${time}`.trim();
}

export function formatArea(squareMetres) {
    return squareMetres < 1e6 ? `${NUMBER.format(squareMetres / 1e4)} ha` : `${NUMBER.format(squareMetres / 1e6)} km²`;
}

// A degree as people type it: "-39,8140" and "-39.8140" alike. NaN for anything else.
export function readDegrees(text) {
    const written = text.trim().replace(",", ".");
    return /^-?\d{1,3}(\.\d+)?$/.test(written) ? Number(written) : NaN;
}
