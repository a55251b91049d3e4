"""Pictures and charts made on the server as SVG: they print, need no script, and each has a table beside it."""
