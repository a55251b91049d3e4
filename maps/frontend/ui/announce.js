// Says a sentence to screen readers through the page's one live region.
let last = "";

export function announce(sentence) {
    const region = document.getElementById("anuncios");
    if (!region || !sentence || sentence === last) return;
    last = sentence;
    region.textContent = sentence;
    window.setTimeout(() => { if (last === sentence) last = ""; }, 1500);
}
