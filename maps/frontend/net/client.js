// The only fetch of the application. An answer is {ok, status, body}; a lost connection is status 0.
const SAFE = new Set(["GET", "HEAD"]);

export function createClient({ token }) {
    return async function ask(address, { method = "GET", body = null } = {}) {
        const headers = { Accept: "application/json" };
        if (!SAFE.has(method)) headers["X-CSRFToken"] = token;
        if (body) headers["Content-Type"] = "application/json";
        try {
            const response = await fetch(address, {
                method, headers, credentials: "same-origin", cache: "no-store", body: body ? JSON.stringify(body) : null,
            });
            const text = await response.text();
            return { ok: response.ok, status: response.status, body: parsed(text) };
        } catch {
            return { ok: false, status: 0, body: {} };
        }
    };
}

function parsed(text) {
    try {
        return text ? JSON.parse(text, withoutTraps) : {};
    } catch {
        return {};
    }
}

// A property called "geometry" would replace the shape with its text in OpenLayers' reader.
function withoutTraps(key, value) {
    if (key === "properties" && value && typeof value === "object" && "geometry" in value) {
        const { geometry: _name, ...rest } = value;
        return rest;
    }
    return value;
}
