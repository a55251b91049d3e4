"""What only triggers can say: versions rise by one, proposals move forward, history and schemes are frozen."""

from django.db import migrations

from access.insert_only import insert_only

SECTOR_MOVES = """
CREATE FUNCTION sectors_version_rises_by_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a risk sector is closed, never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.version <> OLD.version + 1 OR NEW.code <> OLD.code OR NEW.commune_id <> OLD.commune_id THEN
        RAISE EXCEPTION 'a risk sector changes by one version and keeps its code' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sector_version_rises_by_one BEFORE UPDATE OR DELETE ON sectors_risksector
    FOR EACH ROW EXECUTE FUNCTION sectors_version_rises_by_one();
"""
SECTOR_MOVES_BACK = """
DROP TRIGGER sector_version_rises_by_one ON sectors_risksector;
DROP FUNCTION sectors_version_rises_by_one();
"""

PROPOSAL_STATES = """
CREATE FUNCTION sectors_proposal_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    evidence sectors_territoryproposal%ROWTYPE;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a proposal is kept, also when it is refused' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'borrador' THEN
            RAISE EXCEPTION 'a proposal begins as a draft' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('borrador', 'enviada'), ('enviada', 'aceptada'), ('enviada', 'rechazada')) THEN
        RAISE EXCEPTION 'a proposal cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
    END IF;
    evidence := NEW;
    evidence.state := OLD.state;
    evidence.sent_by_id := OLD.sent_by_id;
    evidence.sent_at := OLD.sent_at;
    evidence.sent_reason := OLD.sent_reason;
    evidence.decided_by_id := OLD.decided_by_id;
    evidence.decided_at := OLD.decided_at;
    evidence.decided_reason := OLD.decided_reason;
    evidence.sector_id := OLD.sector_id;
    IF evidence *<> OLD THEN
        RAISE EXCEPTION 'the evidence of a proposal never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'enviada' AND (NEW.sent_by_id, NEW.sent_at, NEW.sent_reason)
       IS DISTINCT FROM (OLD.sent_by_id, OLD.sent_at, OLD.sent_reason) THEN
        RAISE EXCEPTION 'who sent a proposal, when and why is kept' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER proposal_moves_forward BEFORE INSERT OR UPDATE OR DELETE ON sectors_territoryproposal
    FOR EACH ROW EXECUTE FUNCTION sectors_proposal_moves_forward();
"""
PROPOSAL_STATES_BACK = """
DROP TRIGGER proposal_moves_forward ON sectors_territoryproposal;
DROP FUNCTION sectors_proposal_moves_forward();
"""

SCHEME_FROZEN = """
CREATE FUNCTION sectors_scheme_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    frozen sectors_scoringscheme%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        frozen := NEW;
        frozen.current := OLD.current;
    END IF;
    IF TG_OP = 'DELETE' OR frozen *<> OLD THEN
        RAISE EXCEPTION 'a scoring scheme is frozen: make a new version' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scheme_is_frozen BEFORE UPDATE OR DELETE ON sectors_scoringscheme
    FOR EACH ROW EXECUTE FUNCTION sectors_scheme_is_frozen();
"""
SCHEME_FROZEN_BACK = """
DROP TRIGGER scheme_is_frozen ON sectors_scoringscheme;
DROP FUNCTION sectors_scheme_is_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sectors", "0001_initial"),
        ("access", "0002_insert_only_trails_and_job_sessions"),
    ]

    operations = [
        migrations.RunSQL(SECTOR_MOVES, SECTOR_MOVES_BACK),
        migrations.RunSQL(PROPOSAL_STATES, PROPOSAL_STATES_BACK),
        migrations.RunSQL(SCHEME_FROZEN, SCHEME_FROZEN_BACK),
        insert_only("sectors_risksectorversion"),
        insert_only("sectors_focalterritoryrenewal"),
        insert_only("sectors_scoringrun"),
        insert_only("sectors_riskscore"),
    ]
