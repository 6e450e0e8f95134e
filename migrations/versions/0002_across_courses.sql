-- What a learner's courses share, and the organization a registration plays. Expand only: the release before this one
-- runs on it unchanged.

-- Global objectives and shared data stores of the courses that share them across the system (SCORM 2004's default).
-- A target's identifier has no longest length and the key of an index does, so the key is the SHA-256 of it.
CREATE TABLE learner_objectives (
    tenant_id uuid NOT NULL REFERENCES tenants,
    learner_id uuid NOT NULL REFERENCES learners,
    target_hash bytea NOT NULL,
    target text NOT NULL,
    status jsonb NOT NULL,               -- only what is known: satisfied, measure, completed, ...
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, learner_id, target_hash)
) WITH (fillfactor = 80);

CREATE TABLE learner_stores (
    tenant_id uuid NOT NULL REFERENCES tenants,
    learner_id uuid NOT NULL REFERENCES learners,
    target_hash bytea NOT NULL,
    target text NOT NULL,
    content text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, learner_id, target_hash)
) WITH (fillfactor = 80);

ALTER TABLE registrations ADD COLUMN organization text NOT NULL DEFAULT '';   -- '': the default one of its version

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['learner_objectives', 'learner_stores'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_apart ON %I USING (tenant_id = courseway_tenant() OR courseway_is_system())', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO courseway_app', name);
    END LOOP;
END $$;
