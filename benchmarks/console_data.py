"""A tenant with much in it, made by the database itself: courses, dispatches, learners, registrations, what happened."""

from dataclasses import dataclass
from uuid import UUID

import psycopg

TITLES = (
    "Data protection essentials",
    "Working safely at height",
    "Fire safety at the workplace",
    "Information security basics",
    "Anti-bribery and corruption",
    "Onboarding: your first week",
    "Manual handling",
    "Inclusive leadership",
    "First aid refresher",
    "Handling customer complaints",
    "Food hygiene, level 2",
    "Spreadsheets for analysts",
    "Forklift operation",
    "Phishing: spot it, report it",
    "Code of conduct",
    "Negotiation in practice",
    "Chemical hazards",
    "Remote work done well",
    "Medication rounds",
    "Export control",
)
CUSTOMERS = (
    "Fabrikam Academy",
    "Contoso Learning",
    "Adventure Works",
    "Tailspin Toys",
    "Wide World Importers",
    "Litware Health",
    "Proseware",
    "Blue Yonder Airlines",
    "City Power & Light",
    "Coho Winery",
    "Lamna Healthcare",
    "Margie's Travel",
    "Alpine Ski House",
    "Relecloud",
)
GIVEN = (
    "Ana",
    "Ben",
    "Chloe",
    "David",
    "Elif",
    "Farid",
    "Grace",
    "Hiro",
    "Ingrid",
    "Jonas",
    "Katya",
    "Liam",
    "Mei",
    "Noah",
    "Olga",
    "Priya",
    "Quentin",
    "Rosa",
    "Sven",
    "Tariq",
)
FAMILY = (
    "Souza",
    "Meyer",
    "Dubois",
    "Okafor",
    "Yilmaz",
    "Haddad",
    "Kim",
    "Tanaka",
    "Larsen",
    "Novak",
    "Petrova",
    "Walsh",
    "Chen",
    "Rossi",
    "Ivanova",
    "Nair",
    "Martin",
    "Garcia",
    "Berg",
    "Aziz",
)


@dataclass(frozen=True)
class Size:
    """How much there is."""

    courses: int
    registrations: int
    customers: int = 50

    @property
    def dispatches(self) -> int:
        """Two for each course."""
        return 2 * self.courses

    @property
    def learners(self) -> int:
        """Each learner takes two courses."""
        return max(1, self.registrations // 2)


# Ids of version 7 count upwards; these do too, one range a table.
SETUP = """
CREATE OR REPLACE FUNCTION pg_temp.made_id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
    $$ SELECT ('0190' || lpad(to_hex(kind), 4, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;
CREATE OR REPLACE FUNCTION pg_temp.pick(words text[], n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT words[1 + (n % cardinality(words))::int] $$;
"""

STATEMENTS = (
    """
INSERT INTO courses (id, tenant_id, title, standard, edition, playable, current_version_id, current_version_number, item_count, size_bytes, tags, created_by, created_at, updated_at)
SELECT pg_temp.made_id(1, n), %(tenant)s, pg_temp.pick(%(titles)s, n) || CASE WHEN n > cardinality(%(titles)s) THEN ' ' || n / cardinality(%(titles)s) ELSE '' END,
       CASE n %% 3 WHEN 0 THEN 'scorm12' ELSE 'scorm2004' END, CASE n %% 3 WHEN 0 THEN '1.2' WHEN 1 THEN '2004-3' ELSE '2004-4' END, true, pg_temp.made_id(2, n),
       1 + (n %% 4)::int, 3 + (n %% 9)::int, 1500000 + (n::bigint * 7919033) %% 90000000, CASE WHEN n %% 5 = 0 THEN '{mandatory}'::text[] ELSE '{}' END, 'Ana Souza',
       now() - interval '200 days' + n * interval '150 days' / %(courses)s, now() - (n %% 37) * interval '17 hours'
FROM generate_series(1, %(courses)s) n
""",
    """
INSERT INTO course_versions (id, tenant_id, course_id, number, standard, edition, title, structure, report, item_count, file_count, size_bytes, stored_bytes, prefix, original_key, original_name, original_sha256, created_by, created_at)
SELECT c.current_version_id, c.tenant_id, c.id, c.current_version_number, c.standard, c.edition, c.title,
       jsonb_build_object('standard', c.standard, 'edition', c.edition, 'title', c.title, 'default_organization', 'ORG', 'organizations', jsonb_build_array(jsonb_build_object(
           'identifier', 'ORG', 'title', c.title, 'items', (SELECT jsonb_agg(jsonb_build_object('identifier', 'ITEM-' || i, 'title', pg_temp.pick('{Welcome,The law in short,Your part,Practice,Check your knowledge,Summary}', i - 1), 'kind', 'sco', 'href', 'unit' || i || '/index.html')) FROM generate_series(1, c.item_count) i)))),
       jsonb_build_object('issues', CASE WHEN substr(c.id::text, 36) < '4' THEN '[{"code": "manifest.schema_version", "severity": "warning", "message": "The manifest names no schema version.", "where": "imsmanifest.xml:4", "clause": "CAM 3.4.1.1", "advice": "Add <schemaversion>1.2</schemaversion>."}]'::jsonb ELSE '[]'::jsonb END),
       c.item_count, 40 + c.item_count * 12, c.size_bytes, c.size_bytes * 6 / 5, 'seeded/' || c.id, 'seeded/' || c.id || '.zip', 'course.zip', md5(c.id::text) || md5(c.title), 'Ana Souza', c.created_at
FROM courses c WHERE c.tenant_id = %(tenant)s
""",
    """
INSERT INTO destinations (id, tenant_id, name, lms_origins, owner_email, tags, learner_hash_key, created_at, updated_at)
SELECT pg_temp.made_id(3, n), %(tenant)s, pg_temp.pick(%(customers)s, n) || CASE WHEN n > cardinality(%(customers)s) THEN ' ' || n / cardinality(%(customers)s) ELSE '' END,
       ARRAY['https://lms' || n || '.example.com'], 'owner@northwind.example', CASE WHEN n %% 4 = 0 THEN '{enterprise}'::text[] ELSE '{}' END, decode(md5(n::text), 'hex'), now() - interval '180 days' + n * interval '1 hour', now()
FROM generate_series(1, %(places)s) n
""",
    """
INSERT INTO dispatches (id, tenant_id, destination_id, course_id, name, registration_cap, expires_at, created_at, updated_at, enabled)
SELECT pg_temp.made_id(4, n), %(tenant)s, pg_temp.made_id(3, 1 + (n * 5 + n / 3) %% %(places)s), pg_temp.made_id(1, 1 + n %% %(courses)s), (SELECT title FROM courses WHERE id = pg_temp.made_id(1, 1 + n %% %(courses)s)),
       CASE n %% 4 WHEN 0 THEN 0 ELSE greatest(25, %(each)s * (1 + n %% 3)) END, CASE n %% 6 WHEN 1 THEN now() + (3 + n %% 300) * interval '1 day' END, now() - interval '150 days' + n * interval '1 minute', now(), n %% 17 <> 3
FROM generate_series(1, %(dispatches)s) n
""",
    """
INSERT INTO learners (id, tenant_id, external_id, name, email, created_at)
SELECT pg_temp.made_id(5, n), %(tenant)s, 'u' || 10000 + n, pg_temp.pick(%(given)s, n * 7 + n / 20) || ' ' || pg_temp.pick(%(family)s, n * 3 + n / 7), 'u' || 10000 + n || '@example.com', now() - interval '120 days' + n * interval '120 days' / %(learners)s
FROM generate_series(1, %(learners)s) n
""",
    """
INSERT INTO registrations (id, tenant_id, course_id, version_id, learner_id, dispatch_id, completion, success, score_scaled, score_raw, score_min, score_max, progress, total_time_seconds, revision, launch_count,
                           lms_revision, lms_taken_at, lms_error, created_at, first_launched_at, last_activity_at, completed_at)
SELECT pg_temp.made_id(6, n), %(tenant)s, d.course_id, v.current_version_id, pg_temp.made_id(5, 1 + n %% %(learners)s), d.id,
       CASE WHEN n %% 10 < 6 THEN 'completed' WHEN n %% 10 < 9 THEN 'incomplete' ELSE 'not attempted' END, CASE WHEN n %% 10 < 5 THEN 'passed' WHEN n %% 10 = 5 THEN 'failed' ELSE 'unknown' END,
       CASE WHEN n %% 10 < 6 THEN 0.55 + (n * 37 %% 45) / 100.0 END, CASE WHEN n %% 10 < 6 THEN 55 + n * 37 %% 45 END, 0, 100, (n %% 10) / 10.0, 60 + n * 97 %% 5400, 7, 1 + (n %% 3)::int,
       CASE WHEN n %% 29 = 0 THEN 4 ELSE 7 END, CASE WHEN n %% 29 <> 0 THEN w.at + interval '21 minutes' END, CASE WHEN n %% 997 = 0 OR n = 58 THEN '101 General exception' ELSE '' END, w.at, w.at, w.at + interval '20 minutes', CASE WHEN n %% 10 < 6 THEN w.at + interval '20 minutes' END
FROM generate_series(1, %(registrations)s) n
JOIN dispatches d ON d.id = pg_temp.made_id(4, 1 + (n + n / %(learners)s) %% %(dispatches)s) JOIN courses v ON v.id = d.course_id,
LATERAL (SELECT now() - interval '60 days' * (1 - (n::float / %(registrations)s)) ^ 1.2 - ((n * 7919) %% 480) * interval '1 minute' AS at) w
""",
    """
INSERT INTO dispatch_users (id, tenant_id, dispatch_id, learner_key, name, registration_id, created_at, last_launch_at)
SELECT pg_temp.made_id(7, row_number() OVER (ORDER BY r.id)), r.tenant_id, r.dispatch_id, l.external_id || '-' || right(r.id::text, 6), l.name, r.id, r.created_at, r.last_activity_at
FROM registrations r JOIN learners l ON l.id = r.learner_id WHERE r.tenant_id = %(tenant)s
""",
    """
UPDATE dispatches d SET registration_count = s.learners, launches = s.launches, completions = s.completions, last_launch_at = s.last
FROM (SELECT dispatch_id, count(*) AS learners, sum(launch_count) AS launches, count(*) FILTER (WHERE completion = 'completed') AS completions, max(last_activity_at) AS last
      FROM registrations WHERE tenant_id = %(tenant)s GROUP BY dispatch_id) s WHERE s.dispatch_id = d.id
""",
    """
INSERT INTO course_totals (course_id, tenant_id, registrations, launches, completions, last_launch_at)
SELECT course_id, tenant_id, count(*), sum(launch_count), count(*) FILTER (WHERE completion = 'completed'), max(last_activity_at) FROM registrations WHERE tenant_id = %(tenant)s GROUP BY 1, 2
""",
    """
INSERT INTO daily_totals (tenant_id, day, course_id, dispatch_id, registrations, launches, completions)
SELECT tenant_id, (created_at AT TIME ZONE 'UTC')::date, course_id, dispatch_id, count(*), sum(launch_count), count(*) FILTER (WHERE completion = 'completed') FROM registrations WHERE tenant_id = %(tenant)s GROUP BY 1, 2, 3, 4
""",
    """
INSERT INTO launches (id, tenant_id, registration_id, course_id, version_id, mode, link_expires_at, created_at, started_at, last_seen_at, ended_at, end_reason, last_seq, delivery, activity_id, user_agent, address)
SELECT pg_temp.made_id(8, row_number() OVER (ORDER BY id)), tenant_id, id, course_id, version_id, 'normal', created_at, created_at, created_at, last_activity_at, last_activity_at, 'exit', 2, 1, 'ITEM-1', 'Mozilla/5.0 Chrome/156', '192.0.2.7'
FROM registrations WHERE tenant_id = %(tenant)s
""",
    """
INSERT INTO launch_commits (tenant_id, launch_id, seq, received_at, delivery, activity_id, kind, changes, calls)
SELECT tenant_id, id, seq, created_at + seq * interval '4 minutes', 1, 'ITEM-1', 'commit', '{"cmi.location": "3"}',
       '[[120, "Initialize", "", "", "true", "0"], [180, "GetValue", "cmi.location", "", "", "0"], [900, "SetValue", "cmi.score.scaled", "0.8", "true", "0"], [950, "SetValue", "cmi.score.raws", "80", "false", "401"], [990, "Commit", "", "", "true", "0"]]'
FROM launches, generate_series(1, 2) seq WHERE tenant_id = %(tenant)s AND mode = 'normal'
""",
    """
INSERT INTO navigations (tenant_id, launch_id, nav, at, request, delivered, trace)
SELECT tenant_id, id, 0, created_at, 'start', 'ITEM-1', '[{"clause": "SB.2.5", "words": "The start request delivers the first activity."}]' FROM launches WHERE tenant_id = %(tenant)s AND mode = 'normal'
""",
    """
INSERT INTO activity_states (tenant_id, registration_id, activity_id, cmi, total_time_seconds, updated_at)
SELECT tenant_id, id, 'ITEM-1', '{"cmi.completion_status": "completed", "cmi.success_status": "passed", "cmi.score.scaled": "0.8", "cmi.interactions.0.id": "q1", "cmi.interactions.0.type": "choice", "cmi.interactions.0.learner_response": "b", "cmi.interactions.0.result": "correct", "cmi.interactions.0.description": "Whom do you tell first?"}', 600, last_activity_at
FROM registrations WHERE tenant_id = %(tenant)s
""",
    """
INSERT INTO xapi_statements (tenant_id, id, actor_id, verb_id, activity_id, registration, statement, "timestamp", created_at)
SELECT r.tenant_id, gen_random_uuid(), decode(md5(l.external_id), 'hex'), 'http://adlnet.gov/expapi/verbs/' || r.completion, 'urn:courseway:course:' || r.course_id, r.id,
       jsonb_build_object('actor', jsonb_build_object('name', l.name, 'account', jsonb_build_object('homePage', 'http://localhost:5000', 'name', l.external_id)),
           'verb', jsonb_build_object('id', 'http://adlnet.gov/expapi/verbs/' || r.completion, 'display', jsonb_build_object('en', r.completion)),
           'object', jsonb_build_object('id', 'urn:courseway:course:' || r.course_id, 'definition', jsonb_build_object('name', jsonb_build_object('en', c.title))),
           'result', jsonb_build_object('score', jsonb_build_object('scaled', coalesce(r.score_scaled, 0)), 'completion', r.completion = 'completed'), 'timestamp', r.last_activity_at), r.last_activity_at, r.last_activity_at
FROM registrations r JOIN learners l ON l.id = r.learner_id JOIN courses c ON c.id = r.course_id WHERE r.tenant_id = %(tenant)s AND r.completion <> 'not attempted' ORDER BY r.id
""",
    """
INSERT INTO outbox (tenant_id, at, name, subject_id) SELECT tenant_id, last_activity_at, CASE WHEN completion = 'completed' THEN 'registration.completed' ELSE 'registration.created' END, id
FROM registrations WHERE tenant_id = %(tenant)s ORDER BY last_activity_at
""",
    """
INSERT INTO audit_events (id, tenant_id, at, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, outcome, detail, address)
SELECT pg_temp.made_id(9, n), %(tenant)s, now() - (%(dispatches)s - n) * interval '3 minutes', 'user', '', pg_temp.pick('{Ana Souza,Ben Meyer,Grace Kim}', n), pg_temp.pick('{dispatch.updated,course.imported,dispatch.created,session.started}', n),
       'dispatch', pg_temp.made_id(4, n)::text, d.name, CASE WHEN n %% 23 = 0 THEN 'refused' ELSE 'done' END, '{"registration_cap": 50}', '192.0.2.' || n %% 250
FROM generate_series(1, %(dispatches)s) n JOIN dispatches d ON d.id = pg_temp.made_id(4, n)
""",
    """
INSERT INTO uploads (id, tenant_id, file_name, size_bytes, received_bytes, state, error, report, created_by)
VALUES (pg_temp.made_id(10, 1), %(tenant)s, 'quarterly-compliance.zip', 48211334, 48211334, 'failed', 'The package has no imsmanifest.xml.', '{"issues": [{"code": "package.unknown", "severity": "error", "message": "No manifest was found in the package.", "where": "quarterly-compliance.zip", "clause": "CAM 3.3", "advice": "Export the course as SCORM 1.2 or SCORM 2004, and upload the file as it is."}]}', 'Ana Souza')
""",
)


def fill(url: str, tenant_id: UUID, size: Size) -> None:
    """Fill a tenant, as the owner of the database."""
    params = {
        "tenant": tenant_id, "titles": list(TITLES), "customers": list(CUSTOMERS), "given": list(GIVEN), "family": list(FAMILY),
        "courses": size.courses, "places": size.customers, "dispatches": size.dispatches, "learners": size.learners,
        "registrations": size.registrations, "each": max(1, size.registrations // size.dispatches),
    }  # fmt: skip
    with psycopg.connect(url) as connection:
        connection.execute(SETUP)
        for statement in STATEMENTS:
            connection.execute(statement, params)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
