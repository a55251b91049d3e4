// A calendar beside each field of a day: a month in Spanish whatever the browser speaks; arrows move, Enter takes, Esc
// closes. The field stays a text that can be typed: the calendar only writes into it.
import { formatDate } from "../core/i18n.js";
import { readDay, weeksOf } from "../core/period.js";
import { icon, make } from "./dom.js";

const MONTH = new Intl.DateTimeFormat("es-CL", { month: "long", year: "numeric", timeZone: "UTC" });
const FULL = new Intl.DateTimeFormat("es-CL", { dateStyle: "full", timeZone: "UTC" });
const WEEKDAYS = [["L", "lunes"], ["M", "martes"], ["M", "miércoles"], ["J", "jueves"], ["V", "viernes"], ["S", "sábado"], ["D", "domingo"]];
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const utc = (iso) => new Date(`${iso}T12:00:00Z`);
const isoOf = (moment) => moment.toISOString().slice(0, 10);

export function wireCalendars(root) {
    for (const field of root.querySelectorAll("input[data-day]")) addCalendar(field);
}

function addCalendar(field) {
    const { calendar: words } = JSON.parse(document.getElementById("palabras").textContent);
    const button = make("button", {
        className: "btn btn-outline-secondary", attributes: { type: "button", "aria-expanded": "false", "aria-label": words.choose.replace("{label}", labelOf(field)) },
        children: [icon("calendar3")],
    });
    const box = make("div", { className: "day-field" });
    field.replaceWith(box);
    box.append(field, button);
    let panel = null;
    let day = null;
    button.addEventListener("click", () => (panel ? close() : open()));
    box.addEventListener("focusout", (event) => { if (panel && !box.contains(event.relatedTarget)) close({ back: false }); });

    function open() {
        day = utc(readDay(field.value) || isoOf(new Date()));
        panel = make("div", { className: "calendar", attributes: { role: "dialog", "aria-label": words.title, tabindex: "-1" }, on: { keydown: keys } });
        box.append(panel);
        button.setAttribute("aria-expanded", "true");
        draw();
    }
    function close({ back = true } = {}) {
        const gone = panel;
        panel = null; // first: moving the focus asks again whether it is open
        button.setAttribute("aria-expanded", "false");
        if (back) button.focus();
        gone.remove();
    }
    function keys(event) {
        if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); close(); return; }
        if (event.key in STEPS && event.target.dataset.date) { event.preventDefault(); day = new Date(+day + STEPS[event.key] * 864e5); draw(); }
        if (event.key === "PageUp" || event.key === "PageDown") { event.preventDefault(); turn(event.key === "PageUp" ? -1 : 1); }
    }
    function turn(step) {
        const last = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + step + 1, 0)).getUTCDate();
        day = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + step, Math.min(day.getUTCDate(), last), 12));
        draw();
    }
    function take(iso) {
        const hour = field.dataset.day === "moment" ? ` ${/\d{1,2}:\d{2}/.exec(field.value)?.[0] ?? "12:00"}` : "";
        field.value = formatDate(iso) + hour;
        close();
        for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    }
    function draw() {
        const [year, month] = [day.getUTCFullYear(), day.getUTCMonth()];
        const turner = (name, label, step) => make("button", { className: "icon-button", attributes: { type: "button", "aria-label": label }, children: [icon(name)], on: { click: () => turn(step) } });
        const head = make("div", { className: "calendar-head", children: [
            turner("chevron-left", words.before, -1), make("span", { text: MONTH.format(day), attributes: { "aria-live": "polite" } }), turner("chevron-right", words.after, 1),
        ] });
        const names = make("tr", { children: WEEKDAYS.map(([letter, name]) => make("th", { text: letter, attributes: { scope: "col", abbr: name } })) });
        const weeks = weeksOf(year, month).map((week) => make("tr", { children: week.map((number) => make("td", { children: number ? [dayButton(year, month, number)] : [] })) }));
        panel.focus(); // the button that has the focus goes: it must not look as if the person had left
        panel.replaceChildren(head, make("table", { children: [make("thead", { children: [names] }), make("tbody", { children: weeks })] }));
        panel.querySelector(`[data-date="${isoOf(day)}"]`).focus();
    }
    function dayButton(year, month, number) {
        const iso = isoOf(new Date(Date.UTC(year, month, number, 12)));
        const chosen = iso === readDay(field.value);
        return make("button", {
            text: String(number),
            attributes: { type: "button", "data-date": iso, "aria-label": FULL.format(utc(iso)), tabindex: iso === isoOf(day) ? "0" : "-1", ...(chosen ? { "aria-current": "date" } : {}) },
            on: { click: () => take(iso) },
        });
    }
}

const labelOf = (field) => field.labels?.[0]?.firstChild?.textContent.trim() ?? "";
