// What the map reads and saves. A save names the version it was made from; a stale one comes back as a conflict.
export function createSync({ ask, addresses }) {
    const one = (code) => addresses.sector.replace("__code__", encodeURIComponent(code));

    return {
        async loadFeatures(address) {
            const answer = await ask(address);
            return answer.ok ? answer.body : null;
        },
        async loadSector(code) {
            const answer = await ask(one(code));
            return answer.ok ? answer.body : null;
        },
        async loadVersions(code) {
            const answer = await ask(addresses.versions.replace("__code__", encodeURIComponent(code)));
            return answer.ok ? answer.body : null;
        },
        saveFeature(feature, { expectedVersion, reason }) {
            const { name, code, typology } = feature.properties;
            if (feature.id === null) {
                return told(ask(addresses.sectors, {
                    method: "POST",
                    body: { type: "Feature", geometry: feature.geometry, properties: { name, code: code ?? "", typology, reason } },
                }));
            }
            return told(ask(one(feature.id), {
                method: "PATCH",
                body: { type: "Feature", geometry: feature.geometry, properties: { version: expectedVersion, reason } },
            }));
        },
        // the sector and the neighbours that moved with it: all or none
        saveTogether(features, { reason }) {
            return told(ask(addresses.sectors, { method: "PATCH", body: { type: "FeatureCollection", features, reason } }));
        },
        restoreVersion(code, { version, expectedVersion, reason }) {
            return told(ask(addresses.restore.replace("__code__", encodeURIComponent(code)), {
                method: "POST", body: { version, expected_version: expectedVersion, reason },
            }));
        },
    };
}

// {saved} | {conflict: {current, yours}} | {refused: sentence}; an empty sentence means that nothing answered.
async function told(answering) {
    const { ok, status, body } = await answering;
    if (ok) return { saved: body };
    if (status === 409 && body.current) return { conflict: { current: body.current, yours: body.yours, sentence: body.detail } };
    return { refused: typeof body.detail === "string" ? body.detail : "", status };
}
