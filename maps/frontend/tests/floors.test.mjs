// The floors of the browser's code: core < edit < net, render, ui < the entries; only net fetches, only render knows
// OpenLayers, only ui and the entries touch the page.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const FLOORS = { core: [], edit: ["core"], net: ["core", "edit"], render: ["core", "edit"], ui: ["core", "edit"] };
const LONGEST = 400;

function files(folder) {
    return readdirSync(folder).flatMap((name) => {
        const path = join(folder, name);
        if (["node_modules", "tests", "styles"].includes(name)) return [];
        return statSync(path).isDirectory() ? files(path) : path.endsWith(".js") ? [path] : [];
    });
}

const sources = files(root).map((path) => ({ name: relative(root, path), text: readFileSync(path, "utf8") }));
const inFloors = sources.filter(({ name }) => name.includes("/"));
const imports = ({ text }) => [...text.matchAll(/from\s+"([^"]+)"|import\s+"([^"]+)"/g)].map((found) => found[1] ?? found[2]);
const bare = ({ text }) => text.replace(/\/\/.*$/gm, "");

test("a floor imports only floors below it", () => {
    for (const file of inFloors) {
        const floor = file.name.split("/")[0];
        for (const wanted of imports(file).filter((one) => one.startsWith("."))) {
            const target = relative(root, resolve(root, dirname(file.name), wanted)).split("/")[0];
            assert.ok(target === floor || FLOORS[floor].includes(target), `${file.name} imports ${wanted}`);
        }
    }
});
test("only net fetches", () => {
    for (const file of sources.filter(({ name }) => !name.startsWith("net/"))) {
        assert.ok(!/\bfetch\(|XMLHttpRequest|sendBeacon|new WebSocket/.test(bare(file)), file.name);
    }
});
test("only render imports OpenLayers, and no layer that starts a worker", () => {
    for (const file of sources) {
        const wanted = imports(file).filter((one) => one === "ol" || one.startsWith("ol/"));
        assert.ok(file.name.startsWith("render/") || !wanted.length, file.name);
        assert.ok(!wanted.some((one) => /Heatmap|WebGL|source\/Raster|GeoTIFF/.test(one)), file.name);
    }
});
test("core and edit know no page", () => {
    for (const file of sources.filter(({ name }) => /^(core|edit)\//.test(name))) {
        assert.ok(!/\b(document|window|localStorage|navigator)\b/.test(bare(file)), file.name);
    }
});
test("no file is longer than it may be", () => {
    for (const { name, text } of sources) assert.ok(text.split("\n").length <= LONGEST, name);
});
