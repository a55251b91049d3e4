// Somebody saved meanwhile: both are shown, the person chooses.
import { areaM2, verticesOf } from "../core/geometry.js";
import { formatArea } from "../core/i18n.js";
import { part } from "./dom.js";

export function createConflict({ words, acts }) {
    const dialog = part("conflict-dialog");
    if (!dialog) return { open() {} };
    let conflict = null;
    const told = (feature) => words("version_shape", {
        version: feature.properties.version, name: feature.properties.name,
        area: formatArea(areaM2(feature.geometry)), n: verticesOf(feature.geometry).length,
    });
    part("keep-mine").addEventListener("click", () => { dialog.close(); acts.keepMine(conflict); });
    part("take-theirs").addEventListener("click", () => { dialog.close(); acts.takeTheirs(conflict); });
    part("look-at-both").addEventListener("click", () => { dialog.close(); acts.lookAtBoth(conflict); });
    return {
        open(found, mine) {
            conflict = found;
            part("conflict-sentence").textContent = found.sentence;
            part("conflict-theirs").textContent = told(found.current);
            part("conflict-mine").textContent = told(mine);
            dialog.showModal();
        },
    };
}
