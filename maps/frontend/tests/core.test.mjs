// The pure core: geometry, validation, history, drafts, addresses, words, cells.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as geometry from "../core/geometry.js";
import { problemsOf } from "../core/validation.js";
import { emptyHistory, recorded, redone, undone } from "../core/history.js";
import { readAddress, writeAddress } from "../core/permalink.js";
import { createWords, formatArea, formatDate, formatMoment, readDegrees } from "../core/i18n.js";
import { cellSideM, classOf, isCounted, limitsAt, ranges } from "../core/cells.js";
import { lastDays, readDay, weeksOf, yearToDate } from "../core/period.js";
import { createStore } from "../core/store.js";
import * as draftOf from "../edit/draft.js";

const square = { type: "Polygon", coordinates: [[[-73.25, -39.82], [-73.24, -39.82], [-73.24, -39.81], [-73.25, -39.81], [-73.25, -39.82]]] };
const feature = { type: "Feature", id: "S-001", geometry: square, properties: { code: "S-001", version: 3 } };

test("a moved first vertex moves the closing one with it", () => {
    const ring = geometry.moveVertex(square, [0, 0, 0], [-73.26, -39.83]).coordinates[0][0];
    assert.deepEqual(ring[0], [-73.26, -39.83]);
    assert.deepEqual(ring.at(-1), [-73.26, -39.83]);
});
test("an inserted vertex lies half way to the next", () => {
    const ring = geometry.insertVertex(square, [0, 0, 0]).coordinates[0][0];
    assert.equal(ring.length, 6);
    assert.deepEqual(ring[1], [-73.245, -39.82]);
});
test("a triangle keeps its three vertices", () => {
    const triangle = geometry.removeVertex(square, [0, 0, 1]);
    assert.equal(triangle.coordinates[0][0].length, 4);
    assert.equal(geometry.removeVertex(triangle, [0, 0, 0]), null);
});
test("a hole and a second polygon are left as they are", () => {
    const many = { type: "MultiPolygon", coordinates: [[...square.coordinates, [[-73.247, -39.817], [-73.243, -39.817], [-73.245, -39.814], [-73.247, -39.817]]], square.coordinates] };
    const moved = geometry.moveVertex(many, [0, 0, 2], [-73.2, -39.8]);
    assert.deepEqual(moved.coordinates[0][1], many.coordinates[0][1]);
    assert.deepEqual(moved.coordinates[1], many.coordinates[1]);
    assert.ok(geometry.areaM2(many) < 2 * geometry.areaM2(square));
});
test("the area of a known square is right to a percent", () => {
    const found = geometry.areaM2(geometry.squareAround([-73.246, -39.814], 200));
    assert.ok(Math.abs(found - 40000) < 400, String(found));
});
test("a bow tie is a problem", () => {
    const bow = geometry.polygonFromVertices([[-73.25, -39.82], [-73.24, -39.81], [-73.24, -39.82], [-73.25, -39.81]]);
    assert.deepEqual(problemsOf(bow), ["crosses_itself"]);
    assert.deepEqual(problemsOf(square), []);
});
test("a speck, a line and a number that is none are problems", () => {
    assert.deepEqual(problemsOf(geometry.squareAround([-73.246, -39.814], 10)), ["too_small"]);
    assert.deepEqual(problemsOf({ type: "Polygon", coordinates: [[[0, 0], [1, 1], [0, 0]]] }), ["too_few_vertices"]);
    assert.deepEqual(problemsOf(geometry.moveVertex(square, [0, 0, 0], [NaN, 0])), ["not_a_number"]);
});
test("undo entries are data and redo returns them", () => {
    const entry = { verb: "move", layer: "sectores", id: "S-001", before: 1, after: 2 };
    const [back, undoneEntry] = undone(recorded(emptyHistory, entry));
    assert.deepEqual(undoneEntry, entry);
    const [again, redoneEntry] = redone(back);
    assert.deepEqual(redoneEntry, entry);
    assert.equal(again.past.length, 1);
    assert.equal(undone(emptyHistory)[1], null);
});
test("a new change forgets what was undone", () => {
    const [back] = undone(recorded(emptyHistory, { verb: "move" }));
    assert.equal(recorded(back, { verb: "insert" }).future.length, 0);
});
test("a draft goes back and forth and knows whether it changed", () => {
    const begun = draftOf.begin(feature);
    assert.equal(draftOf.isChanged(begun), false);
    const moved = draftOf.moved(begun, [0, 0, 1], [-73.23, -39.82]);
    assert.equal(draftOf.isChanged(moved), true);
    assert.equal(draftOf.isChanged(draftOf.undo(moved)), false);
    assert.deepEqual(draftOf.redo(draftOf.undo(moved)).geometry, moved.geometry);
    assert.equal(draftOf.replaced(begun, square), begun);
});
test("a rebased draft keeps its shape and names the version of the other", () => {
    const moved = draftOf.moved(draftOf.begin(feature), [0, 0, 1], [-73.23, -39.82]);
    const rebased = draftOf.rebased(moved, { properties: { version: 4 } });
    assert.equal(rebased.version, 4);
    assert.deepEqual(rebased.geometry, moved.geometry);
});
test("an address keeps the view, latitude first", () => {
    const view = { centre: [-73.246, -39.814], zoom: 14, layers: ["focos", "sectores"], from: "2026-10-01", until: "2026-10-31" };
    const address = writeAddress(view);
    assert.equal(address, "?c=-39.8140,-73.2460&z=14&capas=focos,sectores&desde=2026-10-01&hasta=2026-10-31");
    assert.deepEqual(readAddress(address), view);
});
test("what is wrong in an address is left out", () => {
    assert.deepEqual(readAddress("?c=ay,caramba&z=lejos&desde=ayer&sector=<b>"), {});
});
test("words fill in values and fail where they are missing", () => {
    const words = createWords({ n: "n = {n}" });
    assert.equal(words("n", { n: 3 }), "n = 3");
    assert.throws(() => words("other"));
});
test("dates, areas and degrees take the Chilean form", () => {
    assert.equal(formatDate("2026-11-22"), "22-11-2026");
    assert.equal(formatMoment("2026-11-22 18:05"), "22-11-2026 18:05");
    assert.equal(formatArea(15000), "1,5 ha");
    assert.equal(readDegrees("-39,8140"), -39.814);
    assert.ok(Number.isNaN(readDegrees("S 39° 48'")));
});
const cells = { sideM: 250, atZoom: 13, coarsest: 6, limits: [5, 10, 25, 50] };
test("a cell is twice as wide with every zoom outwards", () => {
    assert.deepEqual([13, 12, 6, 3].map((zoom) => cellSideM(zoom, cells)), [250, 500, 32000, 32000]);
    assert.deepEqual([13, 14].map((zoom) => isCounted(zoom, cells)), [true, false]);
});
test("a cell takes the classes of its width, the usual ones until they are known", () => {
    const classes = { 6: [9, 10, 11, 12], 13: [2, 3, 4, 8] };
    assert.deepEqual(limitsAt(13, classes, cells), [2, 3, 4, 8]);
    assert.deepEqual(limitsAt(2, classes, cells), [9, 10, 11, 12]);
    assert.deepEqual(limitsAt(13, undefined, cells), cells.limits);
});
test("a withheld count falls into the lowest class and the last class has no end", () => {
    assert.deepEqual([null, 1, 5, 24, 500].map((count) => classOf(count, cells.limits)), [0, 0, 1, 2, 4]);
    assert.deepEqual([ranges(cells.limits)[0], ranges(cells.limits).at(-1)], [{ first: 1, last: 4 }, { first: 50, last: null }]);
});
test("windows count both of their days", () => {
    assert.deepEqual(lastDays("2026-03-01", 7), { from: "2026-02-23", until: "2026-03-01" });
    assert.deepEqual(yearToDate("2026-03-01"), { from: "2026-01-01", until: "2026-03-01" });
});
test("a day is read as people write it, and one that does not exist is none", () => {
    assert.deepEqual(["22-11-2026", "2/3/2026", "31-02-2026", "2026-11-22", ""].map(readDay), ["2026-11-22", "2026-03-02", "", "", ""]);
});
test("weeks begin on Monday", () => {
    assert.deepEqual(weeksOf(2026, 10)[0], [null, null, null, null, null, null, 1]);
    assert.equal(weeksOf(2026, 1).flat().filter(Boolean).length, 28);
});
test("a store tells a listener of several keys once", () => {
    const store = createStore({ a: 1, b: 1 });
    let told = 0;
    store.on(["a", "b"], () => { told += 1; });
    store.set({ a: 2, b: 2 });
    store.set({ a: 2 });
    assert.equal(told, 1);
});

const east = { type: "Polygon", coordinates: [[[-73.24, -39.82], [-73.23, -39.82], [-73.23, -39.81], [-73.24, -39.81], [-73.24, -39.82]]] };
const neighbour = { type: "Feature", id: "S-002", geometry: east, properties: { code: "S-002", name: "Este", version: 7 } };
const begun = () => draftOf.begin(feature, { around: [feature, neighbour] });
const ringOf = (draft, id) => draft.around.find((one) => one.id === id).geometry.coordinates[0][0];

test("a shared vertex moves in both and undo brings both back", () => {
    const moved = draftOf.moved(begun(), [0, 0, 1], [-73.235, -39.825]);
    assert.deepEqual(ringOf(moved, "S-002")[0], [-73.235, -39.825]);
    assert.deepEqual(ringOf(moved, "S-002").at(-1), [-73.235, -39.825]);
    assert.deepEqual(draftOf.finishOthers(moved).map((one) => [one.id, one.properties.version]), [["S-002", 7]]);
    assert.deepEqual(draftOf.affected(draftOf.undo(moved)), []);
    assert.deepEqual(draftOf.redo(draftOf.undo(moved)).around, moved.around);
});
test("a vertex of one sector alone moves nobody else", () => {
    assert.deepEqual(draftOf.affected(draftOf.moved(begun(), [0, 0, 0], [-73.26, -39.83])), []);
});
test("a vertex added to a shared side is added in both, and removed in both", () => {
    const added = draftOf.replaced(begun(), geometry.insertVertex(square, [0, 0, 1], [-73.238, -39.815]));
    assert.equal(ringOf(added, "S-002").length, 6);
    assert.equal(ringOf(draftOf.removed(added, [0, 0, 2]), "S-002").length, 5);
});
test("a neighbour keeps the end of the shared side when the other gives it up", () => {
    assert.deepEqual(draftOf.affected(draftOf.removed(begun(), [0, 0, 1])), []);
});
test("vertices that the map's projection shook stay where they were", () => {
    const shaken = { type: "Polygon", coordinates: square.coordinates.map((ring) => ring.map(([x, y]) => [x + 1e-9, y - 1e-9])) };
    assert.equal(draftOf.isChanged(draftOf.replaced(begun(), shaken)), false);
});
test("without moving together the neighbour stays", () => {
    const alone = draftOf.movingTogether(begun(), false);
    assert.deepEqual(draftOf.affected(draftOf.moved(alone, [0, 0, 1], [-73.235, -39.825])), []);
});
test("a draft survives being written down, its history and its neighbours too", () => {
    const moved = draftOf.moved(begun(), [0, 0, 1], [-73.235, -39.825]);
    const back = draftOf.resumed(JSON.parse(JSON.stringify(draftOf.kept(moved))), { around: [feature, neighbour] });
    assert.deepEqual(back, moved);
    assert.equal(draftOf.isChanged(draftOf.undo(back)), false);
});
test("a neighbour that somebody else saved is taken on its new version, or left out for good", () => {
    const moved = draftOf.moved(begun(), [0, 0, 1], [-73.235, -39.825]);
    const current = { id: "S-002", properties: { version: 8 } };
    assert.equal(draftOf.finishOthers(draftOf.rebased(moved, current))[0].properties.version, 8);
    const left = draftOf.yielded(moved, current);
    assert.deepEqual(draftOf.affected(draftOf.redo(draftOf.undo(left))), []);
});
