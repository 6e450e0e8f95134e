"""Playing on a real database: nothing twice, nothing lost, one window at a time, and where one left off."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from courseway.kit.db import Database, Tx
from courseway.learning import Mode
from courseway.learning.model import (
    Gap,
    LaunchEnded,
    LinkExpired,
    LinkInvalid,
    OpenElsewhere,
    SessionInvalid,
    Superseded,
)
from courseway.standards.manifests.structure import Item, ItemKind, Standard
from courseway.tenants import Caller
from tests.rooms.learning_room import SINGLE_12, SINGLE_2004, THREE_12, THREE_2004, Room, course, make_room


@pytest.fixture
async def room(db: Database, database_url: str, tmp_path: Path, caller: Caller) -> AsyncIterator[Room]:
    yield make_room(db, database_url, tmp_path, caller)


async def test_a_launch_delivers_the_first_activity_with_its_values(room: Room) -> None:
    window = await room.opened(await room.register(SINGLE_12))
    delivery = window.start["delivery"]
    assert (delivery["number"], delivery["activity"], delivery["toc_visible"]) == (1, "one", False)
    assert re.fullmatch(r"/api/preview/[0-9a-f-]{36}/assets/[^/]+/one\.html", delivery["url"])
    assert delivery["cmi"]["cmi.core.student_id"] == "ann"
    assert delivery["cmi"]["cmi.core.entry"] == "ab-initio"
    assert delivery["cmi"]["cmi.student_data.mastery_score"] == "80"
    assert window.start["summary"]["completion"] == "incomplete"
    assert window.start["tree"]["children"][0] == {
        "id": "one",
        "title": "One",
        "kind": "sco",
        "visible": True,
        "children": [],
    }


async def test_a_commit_sent_twice_changes_nothing_twice(room: Room) -> None:
    registration = await room.register(SINGLE_12)
    window = await room.opened(registration)
    commit = window.commit_of(core__lesson_status="incomplete", core__session_time="00:01:00")
    first = await window.send(commit)
    again = await window.send(commit)
    assert first.acked == again.acked == 1
    assert first.revision == again.revision
    assert (await room.read(registration)).summary.total_time_seconds == 60
    assert await room.count("launch_commits") == 1


async def test_a_missing_commit_is_asked_for_and_nothing_after_it_is_taken(room: Room) -> None:
    window = await room.opened(await room.register(SINGLE_12))
    first = window.commit_of(core__lesson_location="1")
    second = window.commit_of(core__lesson_location="2")
    with pytest.raises(Gap) as refused:
        await window.send(second)
    assert refused.value.extra == {"expected": 1}
    assert (await window.send(first, second)).summary.location == "2"


async def test_results_are_kept_as_they_happen_and_become_statements_in_the_same_transaction(room: Room) -> None:
    registration = await room.register(SINGLE_12)
    window = await room.opened(registration)
    answer = await window.commit(core__score__raw="90", core__lesson_status="passed")
    assert (answer.summary.completion, answer.summary.success, answer.summary.score.raw) == ("completed", "passed", 90)
    assert await room.verbs(registration) == ["initialized", "scored", "passed", "completed"]
    stored = await room.read(registration)
    assert stored.completed_at == room.clock.now
    assert stored.summary.revision == answer.revision


async def test_each_interaction_becomes_one_statement(room: Room) -> None:
    registration = await room.register(SINGLE_2004)
    window = await room.opened(registration)
    values = {}
    for number, (answer, result) in enumerate([("a", "correct"), ("b", "incorrect")]):
        at = f"interactions__{number}__"
        values |= {
            at + "id": f"urn:test:q{number}",
            at + "type": "choice",
            at + "learner_response": answer,
            at + "result": result,
        }
    commit = window.commit_of(**values)
    await window.send(commit)
    await window.send(commit)
    answered = [one for one in await room.statements(registration) if one["verb"]["id"].endswith("responded")]
    assert [(one["result"]["response"], one["result"]["success"]) for one in answered] == [("a", True), ("b", False)]
    assert answered[0]["object"]["definition"]["interactionType"] == "choice"
    assert answered[0]["context"]["registration"] == str(registration.id)


async def test_a_statement_that_cannot_be_written_takes_the_commit_with_it(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    registration = await room.register(SINGLE_12)
    window = await room.opened(registration)
    before = await room.read(registration)
    run = Tx.run

    async def cut(tx: Tx, sql: Any, params: Any = None) -> int:
        if "INTO xapi_statements" in sql:
            raise ConnectionError("killed here")
        return await run(tx, sql, params)

    commit = window.commit_of(core__lesson_status="completed")
    with monkeypatch.context() as patched:
        patched.setattr(Tx, "run", cut)
        with pytest.raises(ConnectionError):
            await window.send(commit)
    assert await room.read(registration) == before
    assert (await window.send(commit)).summary.completion == "completed"


async def test_resuming_in_another_window_finds_everything(room: Room) -> None:
    registration = await room.register(SINGLE_2004)
    window = await room.opened(registration)
    await window.commit(
        location="page 7", suspend_data="x" * 4000, score__scaled="0.5", progress_measure="0.4", session_time="PT10M",
        objectives__0__id="urn:test:o", objectives__0__success_status="passed", exit="suspend",
        interactions__0__id="urn:test:q", interactions__0__type="true-false", interactions__0__learner_response="true",
    )  # fmt: skip
    await window.commit("terminate")
    assert (await window.go("suspendAll"))["ended"]
    room.clock.forward(days=3)
    later = await room.opened(registration)
    values = later.start["delivery"]["cmi"]
    assert values["cmi.entry"] == "resume"
    assert (values["cmi.location"], values["cmi.suspend_data"]) == ("page 7", "x" * 4000)
    assert values["cmi.objectives.0.success_status"] == "passed"
    assert values["cmi.interactions._count"] == "1"
    assert values["cmi.total_time"] == "PT10M"
    assert later.start["summary"]["total_time_seconds"] == 600
    answer = await later.commit(session_time="PT5M")
    assert answer.summary.total_time_seconds == 900
    assert await room.verbs(registration) == ["initialized", "responded", "scored", "suspended", "resumed"]


async def test_a_killed_browser_resumes_where_it_was_without_counting_time_twice(room: Room) -> None:
    registration = await room.register(SINGLE_12)
    window = await room.opened(registration)
    await window.commit(core__lesson_location="3", core__session_time="00:02:00", core__lesson_status="incomplete")
    room.clock.forward(minutes=10)
    later = await room.opened(registration)
    assert later.start["delivery"]["cmi"]["cmi.core.lesson_location"] == "3"
    assert later.start["delivery"]["cmi"]["cmi.core.entry"] == "resume"
    assert later.start["summary"]["total_time_seconds"] == 120
    assert (await later.commit(core__session_time="00:01:00")).summary.total_time_seconds == 180


async def test_a_reload_goes_on_with_its_own_launch_after_the_link_has_expired(room: Room) -> None:
    registration = await room.register(SINGLE_12)
    window = await room.opened(registration)
    await window.commit(core__lesson_location="3", core__session_time="00:02:00")
    launch_id, left_over = window.start["launch_id"], window.commit_of(core__session_time="00:03:00")
    room.clock.forward(hours=1)
    await window.open()
    assert window.start["launch_id"] == launch_id
    assert (window.seq, window.delivery["number"]) == (2, 2)
    assert window.delivery["cmi"]["cmi.core.lesson_location"] == "3"
    # What the page before could not send is taken now, and only the minute that was not counted yet.
    assert (await window.send(left_over)).summary.total_time_seconds == 180
    stranger = await room.window(registration)
    stranger.link = window.link
    with pytest.raises(LinkExpired):
        await stranger.open(takeover=True)


async def test_a_second_window_is_told_and_may_take_over(room: Room) -> None:
    registration = await room.register(SINGLE_12)
    first, second = await room.opened(registration), await room.window(registration)
    with pytest.raises(OpenElsewhere):
        await second.open()
    await second.open(takeover=True)
    with pytest.raises(Superseded):
        await first.commit(core__lesson_status="completed")
    with pytest.raises(Superseded):
        await first.beat()
    with pytest.raises(Superseded):
        await first.go("exitAll")
    await second.beat()
    assert (await second.commit(core__lesson_status="completed")).summary.completion == "completed"


async def test_a_window_that_said_goodbye_is_not_in_the_way(room: Room) -> None:
    registration = await room.register(SINGLE_12)
    first = await room.opened(registration)
    await first.send(first.commit_of(core__lesson_location="9"), final=True, reason="pagehide")
    second = await room.opened(registration)
    assert second.delivery["cmi"]["cmi.core.lesson_location"] == "9"


async def test_two_starts_at_once_leave_one_window_that_saves(room: Room) -> None:
    registration = await room.register(SINGLE_12)
    windows = [await room.window(registration) for _ in range(6)]
    outcomes = await asyncio.gather(*(one.open() for one in windows), return_exceptions=True)
    opened = [one for one, outcome in zip(windows, outcomes, strict=True) if not isinstance(outcome, BaseException)]
    assert len(opened) == 1
    assert all(isinstance(one, OpenElsewhere) for one in outcomes if isinstance(one, BaseException))
    assert (await opened[0].commit(core__lesson_status="completed")).acked == 1


async def test_takeovers_at_once_leave_exactly_one_window_that_saves(room: Room) -> None:
    registration = await room.register(SINGLE_12)
    windows = [await room.window(registration) for _ in range(6)]
    await asyncio.gather(*(one.open(takeover=True) for one in windows))
    commits = [one.commit(core__lesson_location=str(place)) for place, one in enumerate(windows)]
    outcomes = await asyncio.gather(*commits, return_exceptions=True)
    assert sorted(isinstance(one, Superseded) for one in outcomes) == [False] + [True] * 5


async def test_commits_that_race_are_each_taken_once_and_in_order(room: Room) -> None:
    registration = await room.register(SINGLE_12)
    window = await room.opened(registration)
    commits = [
        window.commit_of(core__lesson_location=str(number), core__session_time=f"00:00:{number + 10}")
        for number in range(20)
    ]
    batches = [commits[: length + 1] for length in range(20)]
    await asyncio.gather(*(window.send(*batch) for batch in batches))
    assert await room.count("launch_commits") == 20
    stored = (await room.read(registration)).summary
    assert (stored.location, stored.total_time_seconds) == ("19", 29)


async def test_commits_and_takeovers_that_race_never_lock_each_other_out(room: Room) -> None:
    registration = await room.register(SINGLE_12)
    window = await room.opened(registration)

    async def save() -> None:
        for number in range(20):
            await window.commit(core__lesson_location=str(number))

    async def take() -> None:
        for _ in range(5):
            await (await room.window(registration)).open(takeover=True)

    saved, taken = await asyncio.gather(save(), take(), return_exceptions=True)
    assert isinstance(saved, Superseded | None)
    assert taken is None


async def test_a_navigation_asked_twice_moves_once_and_answers_the_same(room: Room) -> None:
    window = await room.opened(await room.register(THREE_2004))
    last_words = window.commit_of("terminate", completion_status="completed")
    first = await window.go("continue", None, last_words)
    again = await window.again("continue", None, last_words)
    assert first == again
    assert (first["delivery"]["activity"], first["delivery"]["number"], first["acked"]) == ("two", 2, 1)
    assert first["delivery"]["toc"]["one"]["status"] == "completed"
    with pytest.raises(Gap):
        window.nav += 3
        await window.again("continue")


@pytest.mark.parametrize("structure", [THREE_2004, THREE_12], ids=["2004", "1.2"])
async def test_a_course_of_three_parts_is_complete_when_all_are(room: Room, structure: Any) -> None:
    registration = await room.register(structure)
    window = await room.opened(registration)
    status = "completion_status" if structure is THREE_2004 else "core__lesson_status"
    for name in ("one", "two", "three"):
        assert window.delivery["activity"] == name
        assert window.delivery["toc_visible"]
        answer = await window.commit("terminate", **{status: "completed"})
        assert answer.toc is not None
        assert answer.toc[name].status == "completed"
        if name != "three":
            assert (await window.go("continue"))["delivery"]
    assert answer.summary.completion == "completed"
    assert answer.summary.progress == 1
    verbs = await room.verbs(registration)
    assert verbs.count("completed") == 4
    assert verbs.count("terminated") == 2


async def test_a_choice_that_leads_nowhere_says_why_and_leaves_the_trace(room: Room) -> None:
    registration = await room.register(THREE_2004)
    window = await room.opened(registration)
    answer = await window.go("choice", "nowhere")
    assert answer["refused"]["code"] == "NB.2.1-11"
    assert (await window.go("choice", "three"))["delivery"]["activity"] == "three"
    launch = (await room.service.launches(room.caller, registration.id))[0]
    moves = await room.service.navigations(room.caller, launch.id)
    assert [(one.request, one.target, one.delivered, one.refused) for one in moves] == [
        ("start", "", "one", ""), ("choice", "nowhere", "", "NB.2.1-11"), ("choice", "three", "three", ""),
    ]  # fmt: skip
    assert moves[2].trace[-1].clause == "DB.2"


async def test_leaving_a_part_of_a_choice_course_leaves_the_contents_to_choose_from(room: Room) -> None:
    window = await room.opened(await room.register(THREE_2004))
    left = await window.go("exit")
    assert (left["delivery"], left["ended"]) == (None, False)
    assert left["valid"]["choice"]["two"]
    assert (await window.go("choice", "two"))["delivery"]["activity"] == "two"


async def test_after_the_end_nothing_is_taken_but_what_was_taken_is_acknowledged(room: Room) -> None:
    window = await room.opened(await room.register(SINGLE_12))
    commit = window.commit_of("terminate", core__lesson_status="completed")
    assert (await window.go("exitAll", None, commit))["ended"]
    assert (await window.send(commit)).acked == 1
    assert (await window.again("exitAll", None, commit))["ended"]
    with pytest.raises(LaunchEnded):
        await window.commit(core__lesson_status="failed")
    with pytest.raises(LaunchEnded):
        await window.beat()


async def test_a_new_attempt_takes_nothing_away_from_what_was_reached(room: Room) -> None:
    registration = await room.register(SINGLE_2004)
    window = await room.opened(registration)
    await window.commit("terminate", completion_status="completed", success_status="passed", score__scaled="0.87")
    await window.go("exitAll")
    later = await room.opened(registration)
    assert later.delivery["cmi"]["cmi.entry"] == "ab-initio"
    answer = await later.commit(completion_status="incomplete", score__scaled="0.12")
    summary = answer.summary
    assert (summary.completion, summary.success, summary.score.scaled) == ("completed", "passed", 0.87)


async def test_a_course_itself_may_lower_its_result_within_one_attempt(room: Room) -> None:
    window = await room.opened(await room.register(SINGLE_2004))
    await window.commit(completion_status="completed")
    assert (await window.commit(completion_status="incomplete")).summary.completion == "incomplete"


async def test_the_mastery_score_decides_when_scorm_1_2_finishes(room: Room) -> None:
    window = await room.opened(await room.register(SINGLE_12))
    await window.commit(core__score__raw="70", core__lesson_status="completed")
    assert (await window.commit("terminate")).summary.success == "failed"


async def test_what_the_rules_refuse_is_left_out_and_logged(room: Room) -> None:
    registration = await room.register(SINGLE_12)
    window = await room.opened(registration)
    await window.commit(core__lesson_status="splendid", core__lesson_location="4")
    assert (await room.read(registration)).summary.location == "4"
    launch = (await room.service.launches(room.caller, registration.id))[0]
    calls = await room.service.calls(room.caller, launch.id)
    assert [one["element"] for one in calls[0].rejected] == ["cmi.core.lesson_status"]
    assert calls[0].calls == [[12, "SetValue", "x", "y", "true", "0"]]


async def test_a_preview_plays_and_tells_nobody_what_was_reached(room: Room) -> None:
    course_id = await room.insert_course(THREE_2004)
    url = await room.service.preview_link(room.caller, course_id)
    window = await room.window(await room.register(SINGLE_12))
    window.link = url.rsplit("/", 1)[1]
    await window.open()
    assert (window.start["mode"], window.delivery["activity"]) == ("preview", "one")
    await window.commit("terminate", completion_status="completed")
    assert (await window.go("continue"))["delivery"]["activity"] == "two"
    await window.open()
    assert (window.delivery["activity"], window.delivery["number"]) == ("two", 3)
    assert window.start["toc"]["one"]["status"] == "completed"
    for table in ("activity_states", "xapi_statements", "course_totals WHERE launches > 0"):
        assert await room.count(table) == 0


@pytest.mark.parametrize("structure", [SINGLE_12, SINGLE_2004], ids=["1.2", "2004"])
async def test_review_shows_what_was_reached_and_changes_nothing(room: Room, structure: Any) -> None:
    registration = await room.register(structure)
    window = await room.opened(registration)
    names = (
        ("core__lesson_status", "core__lesson_location")
        if structure is SINGLE_12
        else ("completion_status", "location")
    )
    await window.commit("terminate", **dict(zip(names, ("completed", "8"), strict=True)))
    await window.go("exitAll")
    before = await room.read(registration)
    review = await room.opened(registration, mode=Mode.REVIEW)
    assert review.start["mode"] == "review"
    values = review.delivery["cmi"]
    assert values.get("cmi.core.lesson_mode", values.get("cmi.mode")) == "review"
    assert values.get("cmi.core.lesson_location", values.get("cmi.location")) == "8"
    await review.commit("terminate", **{names[0]: "incomplete"})
    assert await room.read(registration) == before


async def test_forged_and_foreign_tokens_open_nothing(room: Room) -> None:
    window = await room.window(await room.register(SINGLE_12))
    window.link = window.link[:-3] + "AAA"
    with pytest.raises(LinkInvalid):
        await window.open()
    honest = await room.opened(await room.register(SINGLE_12, "ben"))
    honest.start["session"] = honest.link
    with pytest.raises(SessionInvalid):
        await honest.commit(core__lesson_status="completed")


async def test_a_launch_needs_at_most_six_queries(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    registration = await room.register(THREE_2004)
    warm = await room.opened(registration)
    await warm.send(final=True, reason="pagehide")
    window, asked, execute = await room.window(registration), [], Tx._execute

    async def count(tx: Tx, sql: Any, params: Any) -> Any:
        asked.append(sql)
        return await execute(tx, sql, params)

    monkeypatch.setattr(Tx, "_execute", count)
    await window.open()
    assert len(asked) <= 6, asked
    asked.clear()
    await window.commit(location="2")
    assert len(asked) == 2, asked


async def test_values_survive_as_they_are(room: Room) -> None:
    registration = await room.register(SINGLE_2004)
    window = await room.opened(registration)
    text = "Ünï “quoted” \\ / \n 中文 🎉 <b>&amp;</b>"
    await window.commit(suspend_data=text, location=text)
    await window.send(final=True, reason="pagehide")
    later = await room.opened(registration)
    assert later.delivery["cmi"]["cmi.suspend_data"] == text


@pytest.mark.parametrize("standard", [Standard.SCORM_12, Standard.SCORM_2004])
async def test_what_only_has_to_be_seen_is_complete_when_it_is(room: Room, standard: Standard) -> None:
    page = Item(identifier="page", title="Page", kind=ItemKind.ASSET, href="page.pdf")
    registration = await room.register(course(standard, page))
    window = await room.opened(registration)
    assert window.start["summary"]["completion"] == "completed"
    assert window.delivery["toc"]["page"]["status"] == "completed"
    assert (await room.read(registration)).summary.completion == "completed"
    assert await room.verbs(registration) == ["initialized", "completed"]
    room.clock.forward(minutes=3)
    later = await room.opened(registration)
    assert later.start["summary"]["total_time_seconds"] == 0
    room.clock.forward(minutes=3)
    await later.go("exitAll")
    assert (await room.read(registration)).summary.total_time_seconds == 180


@pytest.mark.parametrize(
    ("logged", "kept"),
    [
        (rb"half \ud83d of a pair", "half \ufffd of a pair"),
        (rb"a whole pair \ud83d\ude00", "a whole pair 😀"),
        (rb"nothing \u0000 at all", "nothing \ufffd at all"),
        (rb"a backslash \\u0000 is text", r"a backslash \u0000 is text"),
        (rb"\\\ud83d", "\\\ufffd"),
    ],
    ids=("half", "pair", "nul", "backslash", "both"),
)
async def test_rubbish_in_the_call_log_loses_no_commit(room: Room, logged: bytes, kept: str) -> None:
    registration = await room.register(SINGLE_12)
    window = await room.opened(registration)
    call = msgspec.Raw(b'[1,"LMSSetValue","cmi.comments","' + logged + b'","true","0"]')
    await window.send(msgspec.structs.replace(window.commit_of(core__lesson_location="7"), calls=[call]))
    assert (await room.read(registration)).summary.location == "7"
    [commit] = await room.service.calls(room.caller, UUID(window.start["launch_id"]))
    assert commit.calls[0][3] == kept


@pytest.mark.parametrize("standard", [Standard.SCORM_12, Standard.SCORM_2004])
async def test_pages_that_only_have_to_be_seen_are_gone_through_one_after_the_other(
    room: Room, standard: Standard
) -> None:
    pages = [Item(identifier=name, title=name, kind=ItemKind.ASSET, href=f"{name}.html") for name in ("one", "two")]
    registration = await room.register(course(standard, *pages))
    window = await room.opened(registration)
    assert (await window.go("continue"))["delivery"]["activity"] == "two"
    assert (await window.go("previous"))["delivery"]["activity"] == "one"
    await window.go("exitAll")
    assert (await room.read(registration)).summary.completion == "completed"


@pytest.mark.parametrize("at", [b"1e400", b"1" * 400, b"9" * 5000, b"-1e300", b'{"a":1}', b"[[[]]]"])
async def test_a_log_of_calls_with_numbers_nobody_can_read_is_left_out_and_the_commit_kept(
    room: Room, at: bytes
) -> None:
    registration = await room.register(SINGLE_12)
    window = await room.opened(registration)
    call = msgspec.Raw(b"[" + at + b',"LMSSetValue","cmi.core.lesson_location","7","true","0"]')
    await window.send(msgspec.structs.replace(window.commit_of(core__lesson_location="7"), calls=[call]))
    assert (await room.read(registration)).summary.location == "7"
    [commit] = await room.service.calls(room.caller, UUID(window.start["launch_id"]))
    assert (commit.calls, commit.rejected) == ([], [{"reason": "the log of its calls could not be read"}])
