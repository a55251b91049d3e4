// A change that was left unsaved, offered again: restore it or discard it. Nothing else is drawn before that is decided.
import { formatDate } from "../core/i18n.js";
import { part, show } from "./dom.js";

export function createDraftOffer({ words, announce, onRestore, onDiscard }) {
    const box = part("draft-offer");
    if (!box) return { open() {}, first: () => false };
    let found = null;
    part("restore-draft").addEventListener("click", () => decide(onRestore));
    part("discard-draft").addEventListener("click", () => decide(onDiscard));

    function decide(act) {
        const decided = found;
        found = null;
        show(box, false);
        act(decided);
    }
    return {
        open(left) {
            found = left;
            const when = formatDate(new Date(left.at).toISOString());
            const sentence = left.draft.id
                ? words("draft_left", { code: left.draft.id, when }) : words("draft_of_new_left", { when });
            part("draft-offer-words").textContent = sentence;
            show(box, true);
            announce(sentence);
        },
        first() {
            if (!found) return false;
            part("restore-draft").focus();
            announce(words("decide_draft_first"));
            return true;
        },
    };
}
