-- Every table but the platform's own (accounts, login_attempts) carries tenant_id and is under row-level security.
-- Names of the original platform stay: tenants, users, courses, dispatches, dispatch_users, xapi_statements.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'courseway_app') THEN
        BEGIN
            CREATE ROLE courseway_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- another database of this cluster made it first
        END;
    END IF;
END $$;
DO $$ BEGIN EXECUTE format('GRANT courseway_app TO %I', current_user); END $$;

CREATE FUNCTION courseway_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT nullif(current_setting('courseway.tenant', true), '')::uuid $$;
CREATE FUNCTION courseway_is_system() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT coalesce(current_setting('courseway.scope', true), '') = 'system' $$;

-- tenants ------------------------------------------------------------------------------------------------------
CREATE TABLE tenants (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    slug text NOT NULL UNIQUE,
    settings jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);

-- One person's way to sign in; belongs to the platform. What she may do in a tenant is a row of users.
CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    name text NOT NULL DEFAULT '',
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_login_at timestamptz,
    disabled_at timestamptz
);
CREATE UNIQUE INDEX accounts_email ON accounts (lower(email));

CREATE TABLE login_attempts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL,
    address text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT now(),
    succeeded boolean NOT NULL
);
CREATE INDEX login_attempts_email_at ON login_attempts (lower(email), at);
CREATE INDEX login_attempts_address_at ON login_attempts (address, at);

CREATE TABLE users (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    account_id uuid NOT NULL REFERENCES accounts,
    role text NOT NULL CHECK (role IN ('owner', 'author', 'viewer')),
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
CREATE UNIQUE INDEX users_account ON users (tenant_id, account_id) WHERE deleted_at IS NULL;
CREATE INDEX users_by_account ON users (account_id) WHERE deleted_at IS NULL;

CREATE TABLE sessions (
    id_hash bytea PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    account_id uuid NOT NULL REFERENCES accounts,
    user_id uuid NOT NULL REFERENCES users,
    csrf_token text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    user_agent text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT ''
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    kind text NOT NULL CHECK (kind IN ('api', 'lrs')),
    name text NOT NULL,
    public_id text NOT NULL UNIQUE,      -- shown in lists; for kind 'lrs' the user name of Basic credentials
    secret_hash bytea NOT NULL,          -- SHA-256 of 256 random bits: nothing to guess, so no slow hash
    scopes text[] NOT NULL,
    created_by text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX api_keys_tenant ON api_keys (tenant_id, id);

CREATE TABLE audit_events (
    id uuid PRIMARY KEY,
    tenant_id uuid REFERENCES tenants,   -- null: an attempt that named no tenant; only the platform sees it
    at timestamptz NOT NULL DEFAULT now(),
    actor_kind text NOT NULL,            -- user, api_key, lrs_key, learner, platform, unknown
    actor_id text NOT NULL DEFAULT '',
    actor_name text NOT NULL DEFAULT '',
    action text NOT NULL,                -- course.imported, dispatch.updated, ...
    target_kind text NOT NULL DEFAULT '',
    target_id text NOT NULL DEFAULT '',
    target_name text NOT NULL DEFAULT '',
    outcome text NOT NULL CHECK (outcome IN ('done', 'refused')),
    detail jsonb NOT NULL DEFAULT '{}',
    address text NOT NULL DEFAULT ''
);
CREATE INDEX audit_events_tenant ON audit_events (tenant_id, id DESC);
CREATE INDEX audit_events_target ON audit_events (tenant_id, target_id, id DESC);

CREATE TABLE idempotency_keys (
    tenant_id uuid NOT NULL REFERENCES tenants,
    key text NOT NULL,
    route text NOT NULL,
    request_hash bytea NOT NULL,
    status int,                          -- null while the first request is under way
    content_type text NOT NULL DEFAULT '',
    body bytea,                          -- null when the answer held a secret: that is kept nowhere
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, key, route)
);

-- Facts for those above: written in the transaction that makes them true.
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    at timestamptz NOT NULL DEFAULT now(),
    name text NOT NULL,                  -- course.imported, registration.completed, dispatch.launched, ...
    subject_id uuid,
    payload jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX outbox_tenant ON outbox (tenant_id, id DESC);

-- courses ------------------------------------------------------------------------------------------------------
CREATE TABLE courses (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    title text NOT NULL,
    description text NOT NULL DEFAULT '',
    standard text NOT NULL,
    edition text NOT NULL,
    playable boolean NOT NULL DEFAULT true,
    current_version_id uuid,
    current_version_number int NOT NULL DEFAULT 1,
    item_count int NOT NULL DEFAULT 0,
    size_bytes bigint NOT NULL DEFAULT 0,
    player_settings jsonb NOT NULL DEFAULT '{}',
    tags text[] NOT NULL DEFAULT '{}',
    created_by text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
CREATE INDEX idx_courses_tenant_id ON courses (tenant_id, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX courses_tenant_updated ON courses (tenant_id, updated_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX courses_tenant_deleted ON courses (tenant_id, updated_at DESC, id DESC) WHERE deleted_at IS NOT NULL;
CREATE INDEX courses_tenant_title ON courses (tenant_id, lower(title), id) WHERE deleted_at IS NULL;

CREATE TABLE course_versions (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    course_id uuid NOT NULL REFERENCES courses,
    number int NOT NULL,
    standard text NOT NULL,
    edition text NOT NULL,
    title text NOT NULL,
    structure jsonb NOT NULL,            -- standards.manifests.structure.CourseStructure
    report jsonb NOT NULL,               -- standards.issues.Report
    item_count int NOT NULL DEFAULT 0,
    file_count int NOT NULL DEFAULT 0,
    size_bytes bigint NOT NULL DEFAULT 0, -- of the original package
    stored_bytes bigint NOT NULL DEFAULT 0,
    prefix text NOT NULL,                -- immutable folder in the object store
    original_key text NOT NULL,
    original_name text NOT NULL,
    original_sha256 text NOT NULL,
    note text NOT NULL DEFAULT '',
    created_by text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (course_id, number)
);
CREATE INDEX course_versions_course ON course_versions (tenant_id, course_id, number DESC);

CREATE TABLE version_files (
    tenant_id uuid NOT NULL REFERENCES tenants,
    version_id uuid NOT NULL REFERENCES course_versions,
    path text NOT NULL,
    size_bytes bigint NOT NULL,
    stored_bytes bigint NOT NULL,
    object_name text NOT NULL,           -- below the version's prefix; small files share an object
    byte_offset bigint NOT NULL DEFAULT 0, -- where in the object the file begins
    encoding text NOT NULL DEFAULT '',   -- '' as it is, 'gzip' when stored compressed
    content_type text NOT NULL,
    etag text NOT NULL,
    PRIMARY KEY (version_id, path)
);

CREATE TABLE uploads (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    course_id uuid,                      -- given: a new version of this course; filled in when a new course is made
    version_id uuid,
    file_name text NOT NULL,
    size_bytes bigint,                   -- declared by the sender, when it is
    received_bytes bigint NOT NULL DEFAULT 0,
    staging_key text NOT NULL DEFAULT '',
    state text NOT NULL CHECK (state IN ('receiving', 'queued', 'checking', 'unpacking', 'ready', 'failed', 'cancelled')),
    progress_done bigint NOT NULL DEFAULT 0,
    progress_total bigint NOT NULL DEFAULT 0,
    report jsonb,
    error text NOT NULL DEFAULT '',
    options jsonb NOT NULL DEFAULT '{}',
    attempts int NOT NULL DEFAULT 0,
    created_by text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
CREATE INDEX uploads_tenant ON uploads (tenant_id, id DESC);
CREATE INDEX uploads_course ON uploads (tenant_id, course_id, id DESC) WHERE course_id IS NOT NULL;
CREATE INDEX uploads_open ON uploads (tenant_id, state) WHERE state NOT IN ('ready', 'failed', 'cancelled');

-- Totals kept in the transactions that change them, so that lists never count rows.
CREATE TABLE course_totals (
    course_id uuid PRIMARY KEY REFERENCES courses,
    tenant_id uuid NOT NULL REFERENCES tenants,
    registrations bigint NOT NULL DEFAULT 0,
    launches bigint NOT NULL DEFAULT 0,
    completions bigint NOT NULL DEFAULT 0,
    last_launch_at timestamptz
);
CREATE TABLE daily_totals (
    tenant_id uuid NOT NULL REFERENCES tenants,
    day date NOT NULL,
    course_id uuid NOT NULL,
    dispatch_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    registrations bigint NOT NULL DEFAULT 0,
    launches bigint NOT NULL DEFAULT 0,
    completions bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, day, course_id, dispatch_id)
);

CREATE INDEX daily_totals_dispatch ON daily_totals (tenant_id, dispatch_id, day);

-- The same sums for a dispatch, over all days: kept by the database, for what is completed is known below dispatches.
CREATE TABLE dispatch_totals (
    dispatch_id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    registrations bigint NOT NULL DEFAULT 0,
    launches bigint NOT NULL DEFAULT 0,
    completions bigint NOT NULL DEFAULT 0
);
CREATE FUNCTION courseway_count_dispatch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dispatch_totals AS t (dispatch_id, tenant_id, registrations, launches, completions)
    VALUES (NEW.dispatch_id, NEW.tenant_id, NEW.registrations - coalesce(OLD.registrations, 0),
            NEW.launches - coalesce(OLD.launches, 0), NEW.completions - coalesce(OLD.completions, 0))
    ON CONFLICT (dispatch_id) DO UPDATE SET registrations = t.registrations + excluded.registrations,
        launches = t.launches + excluded.launches, completions = t.completions + excluded.completions;
    RETURN NULL;
END $$;
CREATE TRIGGER daily_totals_count AFTER INSERT OR UPDATE ON daily_totals FOR EACH ROW
    WHEN (NEW.dispatch_id <> '00000000-0000-0000-0000-000000000000') EXECUTE FUNCTION courseway_count_dispatch();

-- learning -----------------------------------------------------------------------------------------------------
CREATE TABLE learners (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    external_id text NOT NULL,
    own_id text NOT NULL DEFAULT '',     -- as its sender knows it, where external_id had to be made longer
    name text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    -- The order of lists by name: a column, for an expression cannot be compared through an index under row-level security.
    name_key text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(name)) STORED,
    UNIQUE (tenant_id, external_id)
);
CREATE INDEX learners_tenant ON learners (tenant_id, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX learners_name ON learners (tenant_id, name_key, id) WHERE deleted_at IS NULL;

CREATE TABLE registrations (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    course_id uuid NOT NULL REFERENCES courses,
    version_id uuid NOT NULL REFERENCES course_versions,
    learner_id uuid NOT NULL REFERENCES learners,
    dispatch_id uuid,                    -- no foreign key: dispatches are above
    instance int NOT NULL DEFAULT 1,
    completion text NOT NULL DEFAULT 'not attempted',
    success text NOT NULL DEFAULT 'unknown',
    score_scaled double precision,
    score_raw double precision,
    score_min double precision,
    score_max double precision,
    progress double precision,
    location text NOT NULL DEFAULT '',
    total_time_seconds double precision NOT NULL DEFAULT 0,
    revision bigint NOT NULL DEFAULT 0,  -- grows with every change of the summary
    sequencing jsonb NOT NULL DEFAULT '{}',
    settings jsonb NOT NULL DEFAULT '{}',
    active_launch_id uuid,
    launch_count int NOT NULL DEFAULT 0,
    lms_revision bigint,                 -- newest revision the customer's LMS took, from receipts
    lms_taken_at timestamptz,
    lms_error text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    first_launched_at timestamptz,
    last_activity_at timestamptz,
    completed_at timestamptz,
    deleted_at timestamptz
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX registrations_instance ON registrations
    (tenant_id, course_id, learner_id, coalesce(dispatch_id, '00000000-0000-0000-0000-000000000000'), instance) WHERE deleted_at IS NULL;
CREATE INDEX registrations_tenant ON registrations (tenant_id, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX registrations_course ON registrations (tenant_id, course_id, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX registrations_learner ON registrations (tenant_id, learner_id, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX registrations_dispatch ON registrations (tenant_id, dispatch_id, id DESC) WHERE dispatch_id IS NOT NULL AND deleted_at IS NULL;

CREATE TABLE activity_states (
    tenant_id uuid NOT NULL REFERENCES tenants,
    registration_id uuid NOT NULL REFERENCES registrations,
    activity_id text NOT NULL,
    attempt int NOT NULL DEFAULT 1,
    cmi jsonb NOT NULL DEFAULT '{}',     -- flat: element -> value
    total_time_seconds double precision NOT NULL DEFAULT 0,
    suspended boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (registration_id, activity_id)
) WITH (fillfactor = 70);

CREATE TABLE launches (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    registration_id uuid REFERENCES registrations,   -- null for a preview
    course_id uuid NOT NULL REFERENCES courses,
    version_id uuid NOT NULL REFERENCES course_versions,
    mode text NOT NULL CHECK (mode IN ('normal', 'review', 'preview')),
    tab_key_hash bytea,
    link_expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    last_seen_at timestamptz,
    ended_at timestamptz,
    end_reason text NOT NULL DEFAULT '',
    last_seq int NOT NULL DEFAULT 0,
    last_nav int NOT NULL DEFAULT 0,
    nav_answer jsonb,                    -- the answer to the newest navigation, so that a retry gets the same
    delivery int NOT NULL DEFAULT 0,
    activity_id text NOT NULL DEFAULT '',
    scratch jsonb,                       -- a preview's whole state lives here and nowhere else
    settings jsonb NOT NULL DEFAULT '{}',
    user_agent text NOT NULL DEFAULT '',
    address text NOT NULL DEFAULT ''
) WITH (fillfactor = 80);
CREATE INDEX launches_registration ON launches (tenant_id, registration_id, id DESC);

CREATE TABLE launch_commits (
    tenant_id uuid NOT NULL REFERENCES tenants,
    launch_id uuid NOT NULL REFERENCES launches,
    seq int NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    delivery int NOT NULL,
    activity_id text NOT NULL,
    kind text NOT NULL,
    changes jsonb NOT NULL,
    calls jsonb NOT NULL,
    rejected jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (launch_id, seq)
);

CREATE TABLE navigations (
    tenant_id uuid NOT NULL REFERENCES tenants,
    launch_id uuid NOT NULL REFERENCES launches,
    nav int NOT NULL,                    -- 0 is the start of the launch
    at timestamptz NOT NULL DEFAULT now(),
    request text NOT NULL,
    target text NOT NULL DEFAULT '',
    delivered text NOT NULL DEFAULT '',
    refused text NOT NULL DEFAULT '',
    trace jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (launch_id, nav)
);

-- lrs ----------------------------------------------------------------------------------------------------------
CREATE TABLE xapi_statements (
    tenant_id uuid NOT NULL REFERENCES tenants,
    id uuid NOT NULL,
    sequence bigint GENERATED ALWAYS AS IDENTITY,
    actor_id bytea NOT NULL,             -- digest of the actor's inverse functional identifier
    verb_id text NOT NULL,
    activity_id text NOT NULL DEFAULT '',
    registration uuid,
    statement jsonb NOT NULL,
    voided boolean NOT NULL DEFAULT false,
    "timestamp" timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),   -- "stored"
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX xapi_statements_sequence ON xapi_statements (tenant_id, sequence DESC);
CREATE INDEX idx_xapi_statements_actor ON xapi_statements (tenant_id, actor_id, sequence DESC);
CREATE INDEX xapi_statements_verb ON xapi_statements (tenant_id, verb_id, sequence DESC);
CREATE INDEX xapi_statements_activity ON xapi_statements (tenant_id, activity_id, sequence DESC);
CREATE INDEX xapi_statements_registration ON xapi_statements (tenant_id, registration, sequence DESC);

-- dispatch -----------------------------------------------------------------------------------------------------
CREATE TABLE destinations (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    name text NOT NULL,
    lms_origins text[] NOT NULL DEFAULT '{}',   -- who may frame the player; empty: any
    owner_email text NOT NULL DEFAULT '',
    tags text[] NOT NULL DEFAULT '{}',
    notes text NOT NULL DEFAULT '',
    hash_learners boolean NOT NULL DEFAULT false,
    learner_hash_key bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
CREATE INDEX destinations_tenant ON destinations (tenant_id, id DESC) WHERE deleted_at IS NULL;

CREATE TABLE dispatches (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    destination_id uuid NOT NULL REFERENCES destinations,
    course_id uuid NOT NULL REFERENCES courses,
    name text NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    allow_new_registrations boolean NOT NULL DEFAULT true,
    registration_cap int NOT NULL DEFAULT 0 CHECK (registration_cap >= 0),   -- 0: unlimited
    registration_count int NOT NULL DEFAULT 0,
    count_reset_at timestamptz,
    expires_at timestamptz,
    instanced boolean NOT NULL DEFAULT false,
    version_policy text NOT NULL DEFAULT 'newest' CHECK (version_policy IN ('newest', 'pinned', 'canary')),
    pinned_version_id uuid,
    previous_version_id uuid,            -- what revert goes back to
    canary_percent int NOT NULL DEFAULT 0 CHECK (canary_percent BETWEEN 0 AND 100),
    on_course_change text NOT NULL DEFAULT 'never'
        CHECK (on_course_change IN ('never', 'incomplete', 'completed', 'failed', 'passed', 'always')),
    options jsonb NOT NULL DEFAULT '{}', -- player settings, own messages, popup or frame
    postback_url text NOT NULL DEFAULT '',
    postback_secret text NOT NULL DEFAULT '',
    owner_email text NOT NULL DEFAULT '',
    tags text[] NOT NULL DEFAULT '{}',
    notes text NOT NULL DEFAULT '',
    launches bigint NOT NULL DEFAULT 0,
    completions bigint NOT NULL DEFAULT 0,
    last_launch_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
CREATE INDEX dispatches_tenant ON dispatches (tenant_id, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX idx_dispatches_course_id ON dispatches (tenant_id, course_id, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX dispatches_destination ON dispatches (tenant_id, destination_id, id DESC) WHERE deleted_at IS NULL;

CREATE TABLE dispatch_users (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    dispatch_id uuid NOT NULL REFERENCES dispatches,
    learner_key text NOT NULL,           -- the id the customer's LMS gave, or its keyed hash
    name text NOT NULL DEFAULT '',
    instance int NOT NULL DEFAULT 1,
    registration_id uuid NOT NULL REFERENCES registrations,
    counted boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_launch_at timestamptz,
    UNIQUE (dispatch_id, learner_key, instance)
);
CREATE INDEX idx_dispatch_users_dispatch_id ON dispatch_users (tenant_id, dispatch_id, id DESC);
CREATE INDEX dispatch_users_registration ON dispatch_users (tenant_id, registration_id);

CREATE TABLE dispatch_receipts (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    dispatch_id uuid NOT NULL REFERENCES dispatches,
    registration_id uuid NOT NULL REFERENCES registrations,
    revision bigint NOT NULL,
    ok boolean NOT NULL,
    error text NOT NULL DEFAULT '',
    diagnostic text NOT NULL DEFAULT '',
    "values" jsonb NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX dispatch_receipts_registration ON dispatch_receipts (tenant_id, registration_id, id DESC);
CREATE INDEX dispatch_receipts_refused ON dispatch_receipts (tenant_id, id DESC) WHERE NOT ok;

CREATE TABLE self_tests (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL REFERENCES tenants,
    dispatch_id uuid NOT NULL REFERENCES dispatches,
    code text NOT NULL,
    results jsonb NOT NULL,
    user_agent text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX self_tests_dispatch ON self_tests (tenant_id, dispatch_id, id DESC);
CREATE INDEX self_tests_code ON self_tests (tenant_id, code);

-- search -------------------------------------------------------------------------------------------------------
-- The words of names, so that a search is a range of an index however much there is. Row-level security lets only
-- leakproof comparisons reach an index; LIKE is none, text's own order is.
CREATE TABLE search_words (
    tenant_id uuid NOT NULL REFERENCES tenants,
    kind text COLLATE "C" NOT NULL,      -- the table the subject is in
    word text COLLATE "C" NOT NULL,
    subject_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, kind, word, subject_id)
);
CREATE INDEX search_words_subject ON search_words (tenant_id, subject_id, word);

CREATE FUNCTION courseway_index_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM search_words WHERE tenant_id = NEW.tenant_id AND subject_id = NEW.id;
    INSERT INTO search_words (tenant_id, kind, word, subject_id)
    SELECT DISTINCT NEW.tenant_id, TG_TABLE_NAME, left(word, 64), NEW.id
    FROM unnest(TG_ARGV) AS part, regexp_split_to_table(lower(to_jsonb(NEW) ->> part), '[^[:alnum:]]+') AS word
    WHERE word <> '' LIMIT 60;
    RETURN NULL;
END $$;
CREATE TRIGGER courses_words AFTER INSERT OR UPDATE OF title, tags ON courses
    FOR EACH ROW EXECUTE FUNCTION courseway_index_words('title', 'tags');
CREATE TRIGGER destinations_words AFTER INSERT OR UPDATE OF name, tags ON destinations
    FOR EACH ROW EXECUTE FUNCTION courseway_index_words('name', 'tags');
CREATE TRIGGER dispatches_words AFTER INSERT OR UPDATE OF name, tags ON dispatches
    FOR EACH ROW EXECUTE FUNCTION courseway_index_words('name', 'tags');
CREATE TRIGGER learners_words AFTER INSERT OR UPDATE OF name, external_id, email ON learners
    FOR EACH ROW EXECUTE FUNCTION courseway_index_words('name', 'external_id', 'email');

-- What the overview asks for: few rows of many.
CREATE INDEX uploads_failed ON uploads (tenant_id, id DESC) WHERE state = 'failed';
CREATE INDEX dispatches_expiry ON dispatches (tenant_id, expires_at) WHERE expires_at IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX registrations_lms_refused ON registrations (tenant_id, id DESC) WHERE lms_error <> '' AND deleted_at IS NULL;

-- The second lock ----------------------------------------------------------------------------------------------
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'users', 'sessions', 'api_keys', 'audit_events', 'idempotency_keys', 'outbox',
        'courses', 'course_versions', 'version_files', 'uploads', 'course_totals', 'daily_totals',
        'learners', 'registrations', 'activity_states', 'launches', 'launch_commits', 'navigations',
        'xapi_statements', 'destinations', 'dispatches', 'dispatch_users', 'dispatch_receipts', 'self_tests', 'search_words', 'dispatch_totals']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_apart ON %I USING (tenant_id = courseway_tenant() OR courseway_is_system())', name);
    END LOOP;
    EXECUTE 'ALTER TABLE tenants ENABLE ROW LEVEL SECURITY';
    EXECUTE 'ALTER TABLE tenants FORCE ROW LEVEL SECURITY';
    EXECUTE 'CREATE POLICY tenant_apart ON tenants USING (id = courseway_tenant() OR courseway_is_system())';
    FOREACH name IN ARRAY ARRAY['accounts', 'login_attempts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY platform_only ON %I USING (courseway_is_system())', name);
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA public TO courseway_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO courseway_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO courseway_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO courseway_app;
