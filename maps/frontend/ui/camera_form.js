// The form of a camera: sliders beside its numbers, and its place and heading from the map.
import { make } from "./dom.js";

const SLIDERS = { azimuth_deg: [0, 360, 1], field_of_view_deg: [1, 180, 1], height_m: [1, 30, 0.5], tilt_deg: [-10, 90, 1], range_m: [10, 500, 5] };
const NUMBERS = [...Object.keys(SLIDERS), "elevation_m", "sensor_width_mm", "focal_length_mm", "tele_field_of_view_deg", "pixels_wide", "pixels_high"];

export function createCameraForm(form, { onChange }) {
    if (!form) return null;
    const field = (name) => form.elements[name];
    for (const [name, [min, max, step]] of Object.entries(SLIDERS)) addSlider(field(name), { min, max, step });
    form.addEventListener("input", onChange);
    form.addEventListener("change", onChange);

    function addSlider(input, limits) {
        const label = form.querySelector(`label[for="${input.id}"]`);
        const slider = make("input", { className: "form-range", attributes: {
            type: "range", ...limits, value: input.value.replace(",", ".") || String(limits.min), "aria-label": label.textContent.trim(),
        } });
        slider.addEventListener("input", () => { input.value = slider.value; onChange(); });
        input.addEventListener("input", () => { slider.value = input.value.replace(",", "."); });
        input.after(slider);
    }
    function number(name) {
        const written = field(name).value.trim().replace(",", ".");
        return written === "" || !Number.isFinite(Number(written)) ? null : Number(written);
    }
    function place() {
        const [lat, lng] = field("point").value.split(";").map((part) => Number(part.trim().replace(",", ".")));
        return field("point").value.includes(";") && Number.isFinite(lat) && Number.isFinite(lng) ? [lng, lat] : null;
    }
    function write(name, value) {
        field(name).value = value;
        field(name).dispatchEvent(new Event("input", { bubbles: true }));
    }

    return {
        camera() {
            const coordinates = place();
            if (!coordinates) return null;
            const told = Object.fromEntries(NUMBERS.map((name) => [name, number(name)]).filter(([, value]) => value !== null));
            return { kind: field("kind").value, point: { type: "Point", coordinates }, ...told };
        },
        moved([lng, lat]) { write("point", `${lat.toFixed(6)}; ${lng.toFixed(6)}`.replaceAll(".", ",")); },
        turned(azimuth) { write("azimuth_deg", String(Math.round(azimuth) % 360)); },
    };
}
