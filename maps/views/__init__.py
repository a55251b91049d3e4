"""Pages, one module each: parse, call one thing, render."""
