// Runs before the page is drawn: light or dark, as the person chose or as the system says.
const KEY = "atalaya-tema";
const system = window.matchMedia("(prefers-color-scheme: dark)");
const read = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
const apply = () => {
    const chosen = read();
    document.documentElement.dataset.bsTheme = chosen === "dark" || (chosen !== "light" && system.matches) ? "dark" : "light";
    document.dispatchEvent(new CustomEvent("atalaya:theme"));
};
apply();
system.addEventListener("change", apply);
// paper is white
window.addEventListener("beforeprint", () => { document.documentElement.dataset.bsTheme = "light"; });
window.addEventListener("afterprint", apply);
document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-switch]")) return;
    try { localStorage.setItem(KEY, document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark"); } catch { return; }
    apply();
});
