// The period filter: two days and the usual windows.
import { formatDate } from "../core/i18n.js";
import { inOrder, lastDays, readDay, yearToDate } from "../core/period.js";
import { part } from "./dom.js";

export function createPeriod({ store, today, words, announce }) {
    const form = part("period");
    const [from, until] = [form.elements.desde, form.elements.hasta];
    const refuse = (field, sentence) => { field.setCustomValidity(sentence); field.reportValidity(); };
    const written = () => ({ from: readDay(from.value), until: readDay(until.value) });
    const use = (period) => {
        if (!period.from) { refuse(from, words("not_a_day")); return; }
        if (!period.until) { refuse(until, words("not_a_day")); return; }
        if (!inOrder(period)) { refuse(until, words("period_not_in_order")); return; }
        store.set({ period });
        announce(words("period_set"));
    };
    form.addEventListener("submit", (event) => { event.preventDefault(); use(written()); });
    for (const field of [from, until]) {
        field.addEventListener("input", () => { for (const one of [from, until]) one.setCustomValidity(""); });
        field.addEventListener("change", () => use(written()));
    }
    form.addEventListener("click", (event) => {
        const window = event.target.closest("[data-window]")?.dataset.window;
        if (window) use(window === "year" ? yearToDate(today) : lastDays(today, Number(window)));
    });
    store.on("period", ({ period }) => {
        from.value = formatDate(period.from);
        until.value = formatDate(period.until);
        for (const button of form.querySelectorAll("[data-window]")) {
            const window = button.dataset.window === "year" ? yearToDate(today) : lastDays(today, Number(button.dataset.window));
            button.setAttribute("aria-pressed", String(window.from === period.from && window.until === period.until));
        }
    });
}
