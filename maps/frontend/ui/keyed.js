// Keys of a page that is worked by keyboard: an element with data-key is pressed, or given the focus, by that key.
export function wireKeyed(root) {
    root.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
        const writes = event.target.matches?.("input:not([type=radio], [type=checkbox]), textarea, select");
        if (writes || (event.key === "Enter" && event.target.closest?.("a, button, summary, [data-own-enter]"))) return;
        const wanted = root.querySelector(`[data-key~="${CSS.escape(event.key.length === 1 ? event.key.toLowerCase() : event.key)}"]`);
        if (!wanted || wanted.disabled) return;
        event.preventDefault();
        if (wanted.matches("input[type=text], textarea")) wanted.focus();
        else wanted.click();
    });
}
