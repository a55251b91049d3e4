// What every page needs: Bootstrap's behaviour, the live region, drop areas, first error, way back, dependent fields.
import "bootstrap/js/dist/alert";
import "bootstrap/js/dist/collapse";
import "bootstrap/js/dist/dropdown";
import "bootstrap/js/dist/modal";
import "bootstrap/js/dist/offcanvas";
import "bootstrap/js/dist/tab";
import { announce } from "./ui/announce.js";
import { wireCalendars } from "./ui/calendar.js";
import { forgetDraftsAt } from "./ui/draft_store.js";
import { wireDropAreas } from "./ui/drop_area.js";
import { wireForms } from "./ui/forms.js";
import { wireTimes } from "./ui/times.js";

wireForms(document);
wireCalendars(document);
wireDropAreas(document);
wireTimes(document);
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
    const list = tab.closest(".tabs");
    list.scrollLeft = tab.offsetLeft - (list.clientWidth - tab.clientWidth) / 2;
}
forgetDraftsAt(document.querySelector("form[data-signs-out]"));

document.addEventListener("htmx:afterSwap", (event) => {
    const said = event.target.querySelector?.("[data-announce]") ?? event.target.closest?.("[data-announce]");
    if (said) announce(said.dataset.announce);
});
document.addEventListener("htmx:responseError", () => announce(document.body.dataset.failed ?? ""));
