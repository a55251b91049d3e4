// A file field that also takes a dropped file. The browser's own button speaks the browser's language, so the field is
// hidden from the eye (not from keyboard and ear) and its label is the button; without scripts it stays a plain field.
export function wireDropAreas(root) {
    for (const area of root.querySelectorAll("[data-drop-area]")) {
        const field = area.querySelector("input[type=file]");
        const name = area.querySelector("[data-file-name]");
        const verb = area.querySelector("[data-file-verb]");
        const first = verb?.textContent;
        area.classList.add("wired");
        const show = () => {
            const file = field.files?.[0];
            if (name) name.textContent = file ? `${file.name} · ${size(file.size)}` : name.dataset.empty ?? "";
            if (verb) verb.textContent = file ? verb.dataset.other : first;
            area.classList.toggle("has-file", Boolean(file));
        };
        for (const kind of ["dragenter", "dragover"]) {
            area.addEventListener(kind, (event) => { event.preventDefault(); area.classList.add("over"); });
        }
        for (const kind of ["dragleave", "drop"]) {
            area.addEventListener(kind, (event) => { event.preventDefault(); area.classList.remove("over"); });
        }
        area.addEventListener("drop", (event) => {
            if (!event.dataTransfer?.files?.length) return;
            const one = new DataTransfer();
            one.items.add(event.dataTransfer.files[0]);
            field.files = one.files;
            field.dispatchEvent(new Event("change", { bubbles: true }));
        });
        field.addEventListener("change", show);
        show();
    }
}

function size(bytes) {
    const number = new Intl.NumberFormat("es-CL", { maximumFractionDigits: 1 });
    return bytes < 1e6 ? `${number.format(bytes / 1e3)} kB` : `${number.format(bytes / 1e6)} MB`;
}
