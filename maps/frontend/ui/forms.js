// Small help for forms: focus on the first error, one sending per form, fields that follow another one.
export function wireForms(root) {
    const wrong = root.querySelector("[data-focus-first], .is-invalid");
    if (wrong) wrong.focus();
    for (const link of root.querySelectorAll("[data-back]")) {
        link.addEventListener("click", (event) => {
            if (history.length > 1) { event.preventDefault(); history.back(); }
        });
    }
    root.addEventListener("submit", (event) => {
        const form = event.target;
        if (event.defaultPrevented || form.hasAttribute("data-many")) return;
        if (form.dataset.sent) { event.preventDefault(); return; }
        form.dataset.sent = "yes";
        const button = event.submitter;
        button?.classList.add("sending");
        window.setTimeout(() => { delete form.dataset.sent; button?.classList.remove("sending"); }, 4000);
    });
    for (const leader of root.querySelectorAll("[data-shows]")) {
        const follow = () => {
            for (const part of root.querySelectorAll(`[data-shown-by="${leader.dataset.shows}"]`)) {
                part.hidden = !part.dataset.shownFor.split(" ").includes(leader.value);
            }
        };
        leader.addEventListener("change", follow);
        follow();
    }
    for (const field of root.querySelectorAll("select[data-goes]")) {
        field.addEventListener("change", () => field.form.requestSubmit());
    }
    for (const button of root.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
}
