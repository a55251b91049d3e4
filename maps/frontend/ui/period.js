// The period filter: two days and the usual windows.
import { inOrder, lastDays, yearToDate } from "../core/period.js";
import { part } from "./dom.js";

export function createPeriod({ store, today, words, announce }) {
    const form = part("period");
    const [from, until] = [form.elements.desde, form.elements.hasta];
    const use = (period) => {
        if (!inOrder(period)) { until.setCustomValidity(words("period_not_in_order")); until.reportValidity(); return; }
        until.setCustomValidity("");
        store.set({ period });
        announce(words("period_set"));
    };
    form.addEventListener("submit", (event) => { event.preventDefault(); use({ from: from.value, until: until.value }); });
    for (const field of [from, until]) {
        field.addEventListener("input", () => until.setCustomValidity(""));
        field.addEventListener("change", () => { if (from.value && until.value) use({ from: from.value, until: until.value }); });
    }
    form.addEventListener("click", (event) => {
        const window = event.target.closest("[data-window]")?.dataset.window;
        if (window) use(window === "year" ? yearToDate(today) : lastDays(today, Number(window)));
    });
    store.on("period", ({ period }) => {
        from.value = period.from;
        until.value = period.until;
        for (const button of form.querySelectorAll("[data-window]")) {
            const window = button.dataset.window === "year" ? yearToDate(today) : lastDays(today, Number(button.dataset.window));
            button.setAttribute("aria-pressed", String(window.from === period.from && window.until === period.until));
        }
    });
}
