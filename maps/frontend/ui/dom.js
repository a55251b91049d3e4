// Small steps on the page. Text enters by textContent only.
export const part = (name, root = document) => root.querySelector(`[data-part="${name}"]`);
export const parts = (name, root = document) => [...root.querySelectorAll(`[data-part="${name}"]`)];

export function make(tag, { text, className, attributes = {}, children = [], on = {} } = {}) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    for (const [kind, listener] of Object.entries(on)) element.addEventListener(kind, listener);
    element.append(...children);
    return element;
}

export function readJson(id) {
    return JSON.parse(document.getElementById(id).textContent);
}

export function show(element, visible) {
    if (element) element.hidden = !visible;
}

export const icon = (name) => make("i", { className: `bi bi-${name}`, attributes: { "aria-hidden": "true" } });
