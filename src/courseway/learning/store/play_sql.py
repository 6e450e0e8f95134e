"""
The statements that playing loads and saves with; `plays` binds them.

Every loading statement locks the registration's row first and the launch's after it, so nobody waits in a circle. What
a learner's courses share is read without a lock and written last but for the totals: see `SAVE_SHARED`.
"""

LOAD_PLAY = """
    SELECT l.registration_id, l.course_id, l.version_id, l.mode, l.last_seq, l.last_nav, l.delivery, l.activity_id,
           l.ended_at, l.end_reason, l.scratch::text AS scratch, l.tab_key_hash, l.last_seen_at, l.link_expires_at,
           CASE WHEN %(nav)s BETWEEN 1 AND l.last_nav THEN l.nav_answer::text END AS nav_answer,
           r.active_launch_id, r.completion, r.success, r.score_scaled, r.score_raw, r.score_min, r.score_max,
           r.progress, r.location, r.total_time_seconds, r.revision, r.sequencing::text AS held, r.learner_id, r.organization,
           p.external_id, p.name, p.email, p.own_id,
           a.cmi::text AS cmi, a.attempt, a.total_time_seconds AS activity_seconds, a.suspended
    FROM registrations r
    JOIN launches l ON l.registration_id = r.id
    JOIN learners p ON p.id = r.learner_id
    JOIN activity_states a ON a.registration_id = r.id AND a.activity_id = l.activity_id
    WHERE r.tenant_id = %(tenant_id)s AND r.id = %(registration_id)s AND l.id = %(launch_id)s AND r.deleted_at IS NULL
    FOR UPDATE OF r, l, a
"""

# Where nothing is being played there is no row of activity_states to join, so the lock comes first.
LOAD_IDLE_PLAY = """
    SELECT l.registration_id, l.course_id, l.version_id, l.mode, l.last_seq, l.last_nav, l.delivery, l.activity_id,
           l.ended_at, l.end_reason, l.scratch::text AS scratch, l.tab_key_hash, l.last_seen_at, l.link_expires_at,
           CASE WHEN %(nav)s BETWEEN 1 AND l.last_nav THEN l.nav_answer::text END AS nav_answer,
           r.active_launch_id, r.completion, r.success, r.score_scaled, r.score_raw, r.score_min, r.score_max,
           r.progress, r.location, r.total_time_seconds, r.revision, r.sequencing::text AS held, r.learner_id, r.organization,
           p.external_id, p.name, p.email, p.own_id, NULL AS cmi
    FROM registrations r
    JOIN launches l ON l.registration_id = r.id
    JOIN learners p ON p.id = r.learner_id
    WHERE r.tenant_id = %(tenant_id)s AND r.id = %(registration_id)s AND l.id = %(launch_id)s AND r.deleted_at IS NULL
    FOR UPDATE OF r, l
"""

LOAD_PREVIEW = """
    SELECT registration_id, course_id, version_id, mode, last_seq, last_nav, delivery, activity_id, ended_at, end_reason,
           scratch::text AS scratch, tab_key_hash, last_seen_at, link_expires_at, nav_answer::text AS nav_answer
    FROM launches WHERE tenant_id = %(tenant_id)s AND id = %(launch_id)s FOR UPDATE
"""

LOCK_REGISTRATION = """
    SELECT r.course_id, r.version_id, r.active_launch_id, r.completion, r.success, r.score_scaled, r.score_raw,
           r.score_min, r.score_max, r.progress, r.location, r.total_time_seconds, r.revision, r.sequencing::text AS held,
           r.settings AS registration_settings, r.learner_id, r.organization, p.external_id, p.name, p.email, p.own_id
    FROM registrations r JOIN learners p ON p.id = r.learner_id
    WHERE r.tenant_id = %(tenant_id)s AND r.id = %(registration_id)s AND r.deleted_at IS NULL
    FOR UPDATE OF r
"""

# Only what the course refers to: a learner may have reached much in other courses.
_SHARED = """
           (SELECT jsonb_object_agg(o.target, o.status) FROM learner_objectives o
            WHERE o.tenant_id = %(tenant_id)s AND o.learner_id = %(learner_id)s
              AND o.target_hash = ANY(%(objective_hashes)s::bytea[]))::text AS objectives,
           (SELECT jsonb_object_agg(s.target, s.content) FROM learner_stores s
            WHERE s.tenant_id = %(tenant_id)s AND s.learner_id = %(learner_id)s
              AND s.target_hash = ANY(%(store_hashes)s::bytea[]))::text AS stores
"""

LOAD_SHARED = "SELECT" + _SHARED

# Two courses of one learner may be open at once, each with its own registration's lock, so these rows are contended.
# Nobody reads them under a lock: an update joins only the fields that changed, so courses take nothing from each other
# and of two that write the same field the later stands. Nobody waits in a circle: the rows are locked objectives first
# (the second insert asks for the first one's count, which lets that finish), each kind in the order of its hashes, after
# the registration's rows, which are this request's own, and before the totals of the course.
SAVE_SHARED = """
    WITH objectives AS (
        INSERT INTO learner_objectives AS held (tenant_id, learner_id, target_hash, target, status, updated_at)
        SELECT %(tenant_id)s, %(learner_id)s, one.hash, one.target, one.change::jsonb, %(now)s
        FROM unnest(%(objective_hashes)s::bytea[], %(objective_targets)s::text[], %(objective_changes)s::text[])
             AS one (hash, target, change)
        ORDER BY one.hash
        ON CONFLICT (tenant_id, learner_id, target_hash)
        DO UPDATE SET status = held.status || excluded.status, updated_at = excluded.updated_at
        RETURNING 1
    )
    INSERT INTO learner_stores (tenant_id, learner_id, target_hash, target, content, updated_at)
    SELECT %(tenant_id)s, %(learner_id)s, one.hash, one.target, one.content, %(now)s
    FROM unnest(%(store_hashes)s::bytea[], %(store_targets)s::text[], %(store_contents)s::text[])
         AS one (hash, target, content)
    WHERE (SELECT count(*) FROM objectives) >= 0
    ORDER BY one.hash
    ON CONFLICT (tenant_id, learner_id, target_hash)
    DO UPDATE SET content = excluded.content, updated_at = excluded.updated_at
"""

# In the same order as SAVE_SHARED.
FORGET_OBJECTIVES = """
    DELETE FROM learner_objectives WHERE tenant_id = %(tenant_id)s AND learner_id = %(learner_id)s AND target_hash IN (
        SELECT target_hash FROM learner_objectives WHERE tenant_id = %(tenant_id)s AND learner_id = %(learner_id)s
           AND target_hash = ANY(%(hashes)s::bytea[]) ORDER BY target_hash FOR UPDATE)
"""
FORGET_STORES = """
    DELETE FROM learner_stores WHERE tenant_id = %(tenant_id)s AND learner_id = %(learner_id)s AND target_hash IN (
        SELECT target_hash FROM learner_stores WHERE tenant_id = %(tenant_id)s AND learner_id = %(learner_id)s
           AND target_hash = ANY(%(hashes)s::bytea[]) ORDER BY target_hash FOR UPDATE)
"""

# Read in a statement of its own after the lock, so that it sees what the last holder of the lock wrote.
LOAD_LAST_LAUNCH = (
    """
    SELECT (SELECT to_jsonb(l) FROM launches l WHERE l.tenant_id = %(tenant_id)s AND l.id = %(launch_id)s)::text AS launch,
           (SELECT jsonb_object_agg(a.activity_id, jsonb_build_object('cmi', a.cmi, 'attempt', a.attempt,
                   'total_time_seconds', a.total_time_seconds, 'suspended', a.suspended))
            FROM activity_states a WHERE a.tenant_id = %(tenant_id)s AND a.registration_id = %(registration_id)s
              AND a.activity_id = ANY(%(activities)s))::text AS records,
"""  # noqa: S608 - put together from constants
    + _SHARED
)

LOAD_RECORDS = """
    SELECT activity_id, cmi::text AS cmi, attempt, total_time_seconds, suspended FROM activity_states
    WHERE tenant_id = %(tenant_id)s AND registration_id = %(registration_id)s AND activity_id = ANY(%(activities)s)
"""

SAVE_COMMITS = """
    WITH logged AS (
        INSERT INTO launch_commits (tenant_id, launch_id, seq, delivery, activity_id, kind, changes, calls, rejected,
               change_order, received_at)
        SELECT %(tenant_id)s, %(launch_id)s, one.seq, one.delivery, one.activity, one.kind, one.changes::jsonb,
               one.calls::jsonb, one.rejected::jsonb, one.change_order::int[], %(now)s
        FROM unnest(%(seqs)s::int[], %(deliveries)s::int[], %(activities)s::text[], %(kinds)s::text[], %(changes)s::text[],
                    %(calls)s::text[], %(rejected)s::text[], %(change_orders)s::text[])
             AS one (seq, delivery, activity, kind, changes, calls, rejected, change_order)
    ), launched AS (
        UPDATE launches SET last_seq = %(last_seq)s, last_seen_at = %(now)s, end_reason = %(end_reason)s,
               scratch = %(scratch)s::jsonb
        WHERE tenant_id = %(tenant_id)s AND id = %(launch_id)s
    ), stated AS (
        UPDATE activity_states SET cmi = %(cmi)s::jsonb, total_time_seconds = %(activity_seconds)s,
               suspended = %(suspended)s, updated_at = %(now)s
        WHERE tenant_id = %(tenant_id)s AND registration_id = %(registration_id)s AND activity_id = %(activity_id)s
    )
    UPDATE registrations SET completion = %(completion)s, success = %(success)s, score_scaled = %(score_scaled)s,
           score_raw = %(score_raw)s, score_min = %(score_min)s, score_max = %(score_max)s, progress = %(progress)s,
           location = %(location)s, total_time_seconds = %(total_time_seconds)s, revision = %(revision)s,
           last_activity_at = %(now)s,
           completed_at = CASE WHEN %(finished_now)s THEN coalesce(completed_at, %(now)s) ELSE completed_at END
    WHERE tenant_id = %(tenant_id)s AND id = %(registration_id)s
"""

SAVE_MOVE = """
    WITH launched AS (
        INSERT INTO launches (id, tenant_id, registration_id, course_id, version_id, mode, tab_key_hash, link_expires_at,
               started_at, last_seen_at, ended_at, end_reason, last_seq, last_nav, nav_answer, delivery, activity_id,
               scratch, user_agent, address, start_state)
        VALUES (%(launch_id)s, %(tenant_id)s, %(registration_id)s, %(course_id)s, %(version_id)s, %(mode)s, %(tab_key_hash)s,
               %(link_expires_at)s, %(now)s, %(now)s, %(ended_at)s, %(end_reason)s, %(last_seq)s, %(last_nav)s,
               %(nav_answer)s::jsonb, %(delivery)s, %(activity_id)s, %(scratch)s::jsonb, %(user_agent)s, %(address)s,
               %(start_state)s::jsonb)
        ON CONFLICT (id) DO UPDATE SET last_seen_at = excluded.last_seen_at, ended_at = excluded.ended_at,
               end_reason = excluded.end_reason, last_seq = excluded.last_seq, last_nav = excluded.last_nav,
               nav_answer = excluded.nav_answer, delivery = excluded.delivery, activity_id = excluded.activity_id,
               scratch = excluded.scratch, tab_key_hash = excluded.tab_key_hash
        RETURNING id
    ), replaced AS (
        UPDATE launches SET ended_at = %(now)s, end_reason = %(replaced_why)s
        WHERE tenant_id = %(tenant_id)s AND id = %(replaced)s AND ended_at IS NULL
    ), logged AS (
        INSERT INTO launch_commits (tenant_id, launch_id, seq, delivery, activity_id, kind, changes, calls, rejected,
               change_order, received_at)
        SELECT %(tenant_id)s, launched.id, one.seq, one.delivery, one.activity, one.kind, one.changes::jsonb,
               one.calls::jsonb, one.rejected::jsonb, one.change_order::int[], %(now)s
        FROM launched, unnest(%(seqs)s::int[], %(deliveries)s::int[], %(activities)s::text[], %(kinds)s::text[],
             %(changes)s::text[], %(calls)s::text[], %(rejected)s::text[], %(change_orders)s::text[])
             AS one (seq, delivery, activity, kind, changes, calls, rejected, change_order)
    ), moved AS (
        INSERT INTO navigations (tenant_id, launch_id, nav, at, request, target, delivered, refused, trace, step, commits_before,
               delivery, seen_at, timed_out, heard, recalled)
        SELECT %(tenant_id)s, launched.id, CASE WHEN %(reload)s THEN least(so_far.lowest, 0) - 1 ELSE %(last_nav)s END, %(now)s,
               %(request)s, %(target)s, %(delivered)s, %(refused)s, %(trace)s::jsonb, so_far.steps, %(last_seq)s, %(delivery)s,
               %(seen_at)s, %(timed_out)s, %(heard)s::jsonb, (SELECT jsonb_build_object('cmi', a.cmi, 'attempt', a.attempt, 'total_time_seconds', a.total_time_seconds,
                       'suspended', a.suspended)
                FROM activity_states a
                WHERE a.tenant_id = %(tenant_id)s AND a.registration_id = %(registration_id)s AND a.activity_id = %(recalled)s
                  AND NOT EXISTS (SELECT FROM navigations n WHERE n.tenant_id = %(tenant_id)s AND n.launch_id = %(launch_id)s
                                  AND n.delivered = %(recalled)s))
        FROM launched, (SELECT count(*) AS steps, min(nav) AS lowest FROM navigations
                        WHERE tenant_id = %(tenant_id)s AND launch_id = %(launch_id)s) AS so_far
        ON CONFLICT (launch_id, nav) DO UPDATE SET at = excluded.at, request = excluded.request, target = excluded.target,
               delivered = excluded.delivered, refused = excluded.refused, trace = excluded.trace
    ), stated AS (
        INSERT INTO activity_states (tenant_id, registration_id, activity_id, attempt, cmi, total_time_seconds, suspended, updated_at)
        SELECT %(tenant_id)s, %(registration_id)s, one.activity, one.attempt, one.cmi::jsonb, one.seconds, one.suspended, %(now)s
        FROM unnest(%(state_activities)s::text[], %(state_attempts)s::int[], %(state_cmi)s::text[],
                    %(state_seconds)s::float8[], %(state_suspended)s::bool[]) AS one (activity, attempt, cmi, seconds, suspended)
        ON CONFLICT (registration_id, activity_id) DO UPDATE SET attempt = excluded.attempt, cmi = excluded.cmi,
               total_time_seconds = excluded.total_time_seconds, suspended = excluded.suspended, updated_at = excluded.updated_at
    )
    UPDATE registrations SET completion = %(completion)s, success = %(success)s, score_scaled = %(score_scaled)s,
           score_raw = %(score_raw)s, score_min = %(score_min)s, score_max = %(score_max)s, progress = %(progress)s,
           location = %(location)s, total_time_seconds = %(total_time_seconds)s, revision = %(revision)s,
           sequencing = %(held)s::jsonb, active_launch_id = %(active_launch_id)s, last_activity_at = %(now)s,
           launch_count = launch_count + %(new_launch)s::int,
           first_launched_at = coalesce(first_launched_at, %(now)s),
           completed_at = CASE WHEN %(finished_now)s THEN coalesce(completed_at, %(now)s) ELSE completed_at END
    WHERE tenant_id = %(tenant_id)s AND id = %(registration_id)s
"""

SAVE_PREVIEW = """
    WITH launched AS (
        INSERT INTO launches (id, tenant_id, course_id, version_id, mode, tab_key_hash, link_expires_at, started_at, last_seen_at,
               ended_at, end_reason, last_seq, last_nav, nav_answer, delivery, activity_id, scratch, user_agent, address,
               start_state)
        VALUES (%(launch_id)s, %(tenant_id)s, %(course_id)s, %(version_id)s, %(mode)s, %(tab_key_hash)s, %(link_expires_at)s,
               %(now)s, %(now)s, %(ended_at)s, %(end_reason)s, %(last_seq)s, %(last_nav)s, %(nav_answer)s::jsonb, %(delivery)s,
               %(activity_id)s, %(scratch)s::jsonb, %(user_agent)s, %(address)s, %(start_state)s::jsonb)
        ON CONFLICT (id) DO UPDATE SET last_seen_at = excluded.last_seen_at, ended_at = excluded.ended_at,
               end_reason = excluded.end_reason, last_seq = excluded.last_seq, last_nav = excluded.last_nav,
               nav_answer = excluded.nav_answer, delivery = excluded.delivery, activity_id = excluded.activity_id,
               scratch = excluded.scratch, tab_key_hash = excluded.tab_key_hash,
               start_state = coalesce(excluded.start_state, launches.start_state)
        RETURNING id
    ), logged AS (
        INSERT INTO launch_commits (tenant_id, launch_id, seq, delivery, activity_id, kind, changes, calls, rejected,
               change_order, received_at)
        SELECT %(tenant_id)s, launched.id, one.seq, one.delivery, one.activity, one.kind, one.changes::jsonb,
               one.calls::jsonb, one.rejected::jsonb, one.change_order::int[], %(now)s
        FROM launched, unnest(%(seqs)s::int[], %(deliveries)s::int[], %(activities)s::text[], %(kinds)s::text[],
             %(changes)s::text[], %(calls)s::text[], %(rejected)s::text[], %(change_orders)s::text[])
             AS one (seq, delivery, activity, kind, changes, calls, rejected, change_order)
    )
    INSERT INTO navigations (tenant_id, launch_id, nav, at, request, target, delivered, refused, trace, step, commits_before,
           delivery, seen_at, timed_out, heard, recalled)
    SELECT %(tenant_id)s, launched.id, CASE WHEN %(reload)s THEN least(so_far.lowest, 0) - 1 ELSE %(last_nav)s END, %(now)s,
           %(request)s, %(target)s, %(delivered)s, %(refused)s, %(trace)s::jsonb, so_far.steps, %(last_seq)s, %(delivery)s,
           %(seen_at)s, %(timed_out)s, NULL::jsonb, NULL::jsonb
    FROM launched, (SELECT count(*) AS steps, min(nav) AS lowest FROM navigations
                    WHERE tenant_id = %(tenant_id)s AND launch_id = %(launch_id)s) AS so_far
    WHERE %(request)s <> ''
    ON CONFLICT (launch_id, nav) DO UPDATE SET at = excluded.at, request = excluded.request, target = excluded.target,
           delivered = excluded.delivered, refused = excluded.refused, trace = excluded.trace
"""

# A preview's newest calls only; what was set stays, so that the preview can still be played again.
SHORTEN_PREVIEW = """
    UPDATE launch_commits c SET calls = '[]'
    FROM (SELECT seq, sum(jsonb_array_length(calls)) OVER (ORDER BY seq DESC) - jsonb_array_length(calls) AS newer
          FROM launch_commits WHERE tenant_id = %(tenant_id)s AND launch_id = %(launch_id)s) AS counted
    WHERE c.tenant_id = %(tenant_id)s AND c.launch_id = %(launch_id)s AND c.seq = counted.seq
      AND counted.newer >= %(most)s AND c.calls <> '[]'
"""

# The log of what this link played before goes too: it begins anew.
DROP_OLD_PREVIEWS = """
    WITH newer AS (
        SELECT id FROM launches WHERE tenant_id = %(tenant_id)s AND course_id = %(course_id)s AND registration_id IS NULL
          AND id <> %(launch_id)s ORDER BY id DESC OFFSET %(kept)s LIMIT 100
    ), old AS (
        SELECT id FROM newer UNION ALL SELECT %(launch_id)s
    ), dropped AS (
        DELETE FROM launch_commits WHERE tenant_id = %(tenant_id)s AND launch_id IN (SELECT id FROM old)
    )
    DELETE FROM navigations WHERE tenant_id = %(tenant_id)s AND launch_id IN (SELECT id FROM old)
"""

BEAT = """
    UPDATE launches l SET last_seen_at = %(now)s,
           end_reason = CASE WHEN l.ended_at IS NULL THEN '' ELSE l.end_reason END
    WHERE l.tenant_id = %(tenant_id)s AND l.id = %(launch_id)s
    RETURNING l.ended_at IS NOT NULL AS ended, l.end_reason, l.tab_key_hash,
        (SELECT r.active_launch_id FROM registrations r WHERE r.id = l.registration_id) AS active_launch_id
"""

COUNT = """
    WITH kept AS (
        INSERT INTO course_totals (course_id, tenant_id, registrations, launches, completions, last_launch_at)
        VALUES (%(course_id)s, %(tenant_id)s, %(registrations)s, %(launches)s, %(completions)s,
                CASE WHEN %(launches)s > 0 THEN %(now)s::timestamptz END)
        ON CONFLICT (course_id) DO UPDATE SET registrations = course_totals.registrations + excluded.registrations,
               launches = course_totals.launches + excluded.launches,
               completions = course_totals.completions + excluded.completions,
               last_launch_at = coalesce(excluded.last_launch_at, course_totals.last_launch_at)
    ), told AS (
        INSERT INTO outbox (tenant_id, name, subject_id, payload)
        SELECT %(tenant_id)s, fact, %(subject_id)s, %(payload)s::jsonb FROM unnest(%(facts)s::text[]) AS fact
    )
    INSERT INTO daily_totals (tenant_id, day, course_id, dispatch_id, registrations, launches, completions)
    SELECT %(tenant_id)s, (%(now)s::timestamptz AT TIME ZONE 'UTC')::date, %(course_id)s,
           coalesce((SELECT dispatch_id FROM registrations WHERE id = %(subject_id)s), '00000000-0000-0000-0000-000000000000'),
           %(registrations)s, %(launches)s, %(completions)s
    WHERE %(registrations)s + %(launches)s + %(completions)s > 0
    ON CONFLICT (tenant_id, day, course_id, dispatch_id) DO UPDATE
        SET registrations = daily_totals.registrations + excluded.registrations,
            launches = daily_totals.launches + excluded.launches,
            completions = daily_totals.completions + excluded.completions
"""
