// Wires the page's modules together.
