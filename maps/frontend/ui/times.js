// "hace 3 min" beside a moment, kept right while the page is open.
export function wireTimes(root) {
    const words = new Intl.RelativeTimeFormat("es-CL", { numeric: "auto" });
    const steps = [["day", 86400], ["hour", 3600], ["minute", 60]];
    const show = () => {
        for (const element of root.querySelectorAll("time[data-ago]")) {
            const seconds = (new Date(element.dateTime) - Date.now()) / 1000;
            if (!Number.isFinite(seconds)) continue;
            const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? ["minute", 60];
            element.textContent = words.format(Math.round(seconds / size), unit);
        }
    };
    show();
    window.setInterval(show, 30000);
    document.addEventListener("htmx:afterSwap", show);
}
