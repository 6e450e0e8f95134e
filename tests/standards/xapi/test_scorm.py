"""SCORM run-time data as statements: which, in which order, of which shape, and valid whatever the content reported."""

import re
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseway.standards.xapi import (
    Change,
    Interaction,
    Place,
    Score,
    agent_digest,
    count_statements,
    file_statement,
    parse_agent,
    read_interaction,
    statements_for,
)
from courseway.standards.xapi.scorm import PROFILE, Verb, activity_iri

AT = datetime(2026, 11, 23, 18, 30, 0, 123456, tzinfo=UTC)
COURSE = "http://localhost:5000/activities/c1"
PLACE = Place(
    home_page="http://localhost:5000", learner_id="ann", learner_name="Ann", registration=uuid.UUID(int=7),
    course_iri=COURSE, course_title="Fire safety", activity_iri=f"{COURSE}/items/one", activity_title="One", language="en",
)  # fmt: skip
EVERYTHING = Change(
    begun=Verb.INITIALIZED,
    interactions=(
        Interaction("q1", "choice", "Which?", "a[,]b", True, None, ("a[,]b",), "PT5S"),
        Interaction("q 2", number=3.5),
    ),
    score=Score(0.9, 90, 0, 100),
    passed=True,
    completed=True,
    ended=Verb.TERMINATED,
    duration_seconds=61.5,
)
EXTENSIONS = {"objectType", "id", "definition"}
DURATION = re.compile(r"P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")


def written(change: Change, place: Place = PLACE) -> list[dict[str, Any]]:
    return list(statements_for(place, change, [uuid.uuid4() for _ in range(count_statements(change))], AT))


def check(statement: Any) -> None:
    """What the xAPI demands of every statement of this kind. [xAPI Data 2]"""
    assert set(statement) <= {"id", "actor", "verb", "object", "context", "timestamp", "result"}
    uuid.UUID(statement["id"])
    assert set(statement["actor"]["account"]) == {"homePage", "name"}
    assert statement["verb"]["id"].startswith("http://adlnet.gov/expapi/verbs/")
    assert re.fullmatch(r"\S+", statement["object"]["id"])
    assert set(statement["object"]) <= EXTENSIONS
    assert [one["id"] for one in statement["context"]["contextActivities"]["category"]] == [PROFILE]
    uuid.UUID(statement["context"]["registration"])
    result = statement.get("result", {})
    score = result.get("score", {})
    assert -1 <= score.get("scaled", 0) <= 1
    if "min" in score and "max" in score:
        assert score["min"] < score["max"]
        assert score["min"] <= score.get("raw", score["min"]) <= score["max"]
    if "duration" in result:
        assert DURATION.fullmatch(result["duration"])

    def no_nulls(value: Any) -> None:
        assert value is not None
        for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            no_nulls(one)

    no_nulls(statement)


def test_everything_that_can_happen_at_once_is_told_in_order() -> None:
    statements = written(EVERYTHING)
    for one in statements:
        check(one)
    assert [one["verb"]["display"]["en"] for one in statements] == [
        "initialized", "responded", "responded", "scored", "passed", "completed", "terminated",
    ]  # fmt: skip
    assert statements[0]["timestamp"] == "2026-11-23T18:30:00.123Z"
    assert statements[4]["result"] == {"success": True, "score": {"scaled": 0.9, "raw": 90, "min": 0, "max": 100}}
    assert statements[-1]["result"] == {"duration": "PT61.50S"}


def test_nothing_new_says_nothing() -> None:
    assert written(Change()) == []
    assert written(Change(score=Score())) == []


def test_a_question_is_an_activity_below_its_part_of_the_course() -> None:
    question = written(EVERYTHING)[1]
    assert question["object"]["id"] == f"{COURSE}/items/one/interactions/q1"
    assert question["object"]["definition"]["correctResponsesPattern"] == ["a[,]b"]
    assert question["context"]["contextActivities"]["parent"][0]["id"] == f"{COURSE}/items/one"
    assert question["context"]["contextActivities"]["grouping"][0]["id"] == COURSE
    assert written(EVERYTHING)[2]["object"]["id"].endswith("/interactions/q%202")


def test_a_course_of_one_activity_is_that_activity() -> None:
    single = written(
        Change(completed=True),
        Place(
            **{name: getattr(PLACE, name) for name in PLACE.__struct_fields__ if name != "activity_iri"},
            activity_iri=COURSE,
        ),
    )[0]
    assert single["object"]["id"] == COURSE
    assert "parent" not in single["context"]["contextActivities"]
    assert activity_iri(COURSE, "x", single=True) == COURSE
    assert activity_iri(COURSE, "a b/ü", single=False) == f"{COURSE}/items/a%20b%2F%C3%BC"


numbers = st.none() | st.floats(-200, 200)


@given(st.builds(Score, scaled=numbers, raw=numbers, min=numbers, max=numbers))
def test_whatever_score_content_reports_the_statement_is_valid(score: Score) -> None:
    for one in written(Change(score=score, passed=False)):
        check(one)


@pytest.mark.parametrize(
    ("kind", "told", "response"),
    [
        ("true-false", "t", "true"), ("true-false", "0", "false"), ("choice", "a,b", "a[,]b"), ("choice", "{a,b}", "a[,]b"),
        ("matching", "1.a,2.b", "1[.]a[,]2[.]b"), ("sequencing", "c,a", "c[,]a"), ("fill-in", "a, b", "a, b"), ("numeric", "3", "3"),
    ],
)  # fmt: skip
def test_scorm_1_2_answers_are_translated(kind: str, told: str, response: str) -> None:
    values = {
        "cmi.interactions.0.id": "q", "cmi.interactions.0.type": kind, "cmi.interactions.0.student_response": told,
        "cmi.interactions.0.result": "wrong", "cmi.interactions.0.latency": "00:00:05.5",
        "cmi.interactions.0.correct_responses.0.pattern": told,
    }  # fmt: skip
    found = read_interaction(values, 0, scorm12=True)
    assert found == Interaction("q", kind, "", response, False, None, (response,), "PT0H0M5.5S")


def test_scorm_2004_answers_are_taken_as_they_are() -> None:
    values = {
        "cmi.interactions.3.id": "urn:x:q", "cmi.interactions.3.type": "matching", "cmi.interactions.3.learner_response": "a[.]b",
        "cmi.interactions.3.result": "0.75", "cmi.interactions.3.description": "Match",
    }  # fmt: skip
    assert read_interaction(values, 3, scorm12=False) == Interaction(
        "urn:x:q", "matching", "Match", "a[.]b", None, 0.75
    )
    assert read_interaction(values, 0, scorm12=False) is None


def test_statements_are_filed_under_actor_verb_activity_and_registration() -> None:
    filed = file_statement(written(Change(completed=True))[0])
    assert filed.verb == "http://adlnet.gov/expapi/verbs/completed"
    assert filed.activity == f"{COURSE}/items/one"
    assert filed.registration == uuid.UUID(int=7)
    assert filed.timestamp == AT.replace(microsecond=123000)
    assert len(filed.actor_digest) == 16


def test_an_agent_is_known_by_its_identifier_alone() -> None:
    account = {"homePage": "http://localhost:5000", "name": "ann"}
    assert agent_digest({"account": account, "name": "Ann"}) == agent_digest(
        {"account": dict(account), "objectType": "Agent"}
    )
    digests = {
        agent_digest(one)
        for one in (
            {"mbox": "mailto:a@b.c"}, {"openid": "http://a"}, {"account": account}, {"account": {**account, "name": "ben"}},
            {"objectType": "Group", "member": [{"mbox": "mailto:a@b.c"}]},
        )
    }  # fmt: skip
    assert len(digests) == 5


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"name":"x"}', '{"mbox":"mailto:a@b.c","openid":"x"}', '{"account":{}}']
)
def test_what_names_no_agent_is_none(text: str) -> None:
    assert parse_agent(text) is None
