// Bundles the browser's scripts and styles into maps/static/maps/dist, from our own host only.
import { createRequire } from "node:module";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const frontend = resolve(root, "maps/frontend");
const dist = resolve(root, "maps/static/maps/dist");
const { build } = createRequire(resolve(frontend, "package.json"))("esbuild");

const common = {
    absWorkingDir: frontend,
    bundle: true,
    minify: true,
    sourcemap: true,
    target: ["es2022"],
    loader: { ".woff": "file", ".woff2": "file", ".svg": "dataurl" },
    outdir: dist,
    logLevel: "warning",
};

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
await build({ ...common, entryPoints: ["main.js", "picker.js", "camera.js", "review.js", "site.js", "site.css", "map.css"], format: "esm" });
await build({ ...common, entryPoints: ["theme.js"], format: "iife" }); // classic: it runs before the page is drawn

// Leaflet for downloaded maps: read by maps/offline.py, which puts it inside the file.
const leaflet = resolve(root, "maps/folium_assets/node_modules/leaflet/dist");
const kept = resolve(root, "maps/static/maps/folium");
mkdirSync(kept, { recursive: true });
for (const name of ["leaflet.js", "leaflet.css", "images"]) cpSync(resolve(leaflet, name), resolve(kept, name), { recursive: true });
