"""A launch as a file: it plays again as it went, and says where it does not."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from courseway.kit.db import Database
from courseway.learning import CallQuery
from courseway.learning.model import NotExportable, RegistrationNotFound
from courseway.learning.model.launch_file import (
    FileCommit,
    FileMove,
    LaunchFile,
    NotLaunchFile,
    parse_launch_file,
    render_launch_file,
)
from courseway.learning.model.replay import replay_launch
from courseway.tenants import Caller, platform_caller
from tests.conftest import make_tenant
from tests.rooms.learning_room import SINGLE_12, Room, make_room
from tests.rooms.played_launches import (
    PLAYED,
    Content,
    launch_of,
    launched,
    play_remediation,
    play_resumed,
    play_rules,
    play_scorm12,
)


@pytest.fixture
async def room(db: Database, database_url: str, tmp_path: Path, caller: Caller) -> AsyncIterator[Room]:
    yield make_room(db, database_url, tmp_path, caller)


async def exported(room: Room, launch: UUID, **more: Any) -> LaunchFile:
    """A launch as it comes back from its file."""
    return parse_launch_file(render_launch_file(await room.service.export_launch(room.caller, launch, **more)))


@pytest.mark.parametrize("name", PLAYED)
async def test_an_exported_launch_plays_again_without_a_difference(room: Room, name: str) -> None:
    file = await exported(room, await PLAYED[name](room))
    found = replay_launch(file, traces=True)
    assert found.differences == []
    assert found.stopped == ""
    assert (found.commits, found.navigations) == (
        sum(isinstance(one, FileCommit) for one in file.steps),
        sum(isinstance(one, FileMove) for one in file.steps),
    )
    assert found.calls > 0


@pytest.mark.parametrize("name", PLAYED)
async def test_a_launch_without_its_learner_names_her_nowhere_and_plays_the_same(room: Room, name: str) -> None:
    file = await exported(room, await PLAYED[name](room), without_learner=True)
    text = render_launch_file(file).decode()
    assert '"ann"' not in text
    assert '"Ann"' not in text
    assert replay_launch(file, traces=True).differences == []


async def test_elements_are_kept_in_the_order_in_which_they_were_set(room: Room) -> None:
    file = await exported(room, await play_rules(room))
    second = [one for one in file.steps if isinstance(one, FileCommit)][1]
    assert list(second.set) == ["cmi.progress_measure", "cmi.completion_status", "cmi.session_time"]


async def test_the_order_is_kept_whatever_the_elements_are_called(room: Room) -> None:
    content = await launched(room, await room.register(SINGLE_12))
    names = ["cmi.zz", "cmi.ä", "cmi.b", "cmi.😀", "cmi.core.lesson_location", "cmi.\uffff", "cmi.aa"]
    assert content.api is not None
    content.api.changes.update(dict.fromkeys(names, "1"))
    await content.commit()
    file = await exported(room, launch_of(content))
    [commit] = [one for one in file.steps if isinstance(one, FileCommit)]
    assert list(commit.set) == names


def tampered(file: LaunchFile, change: Any) -> LaunchFile:
    """The file as somebody changed it."""
    document = msgspec.json.decode(render_launch_file(file))
    change(document)
    return parse_launch_file(msgspec.json.encode(document))


async def test_a_call_that_was_answered_otherwise_is_shown_with_both_answers(room: Room) -> None:
    file = await exported(room, await play_rules(room))

    def change(document: Any) -> None:
        call = document["steps"][1]["calls"][2]
        assert call[1:] == ["GetValue", "cmi.location", "", "", "403"]
        call[4:] = ["page 9", "0"]

    [only] = replay_launch(tampered(file, change)).differences
    assert (only.step, only.where, only.what) == (1, "commit 1, call 3", "GetValue('cmi.location')")
    assert (only.recorded, only.now) == ("'page 9', no error", "'', error 403")


async def test_an_activity_that_was_delivered_otherwise_ends_the_comparison_and_says_so(room: Room) -> None:
    file = await exported(room, await play_rules(room))
    places = [place for place, one in enumerate(file.steps) if isinstance(one, FileMove) and one.delivered == "safety"]

    def change(document: Any) -> None:
        document["steps"][places[0]]["delivered"] = "places"

    found = replay_launch(tampered(file, change))
    [only] = found.differences
    assert (only.where, only.what, only.recorded, only.now) == (
        "navigation 2",
        "what was delivered",
        "places",
        "safety",
    )
    assert found.stopped == f"The {len(file.steps) - places[0] - 1} steps after it were not compared."


async def test_a_course_that_was_changed_goes_another_way_at_the_rule_that_was_changed(room: Room) -> None:
    file = await exported(room, await play_remediation(room))

    def change(document: Any) -> None:
        module = document["course"]["organizations"][0]["items"][0]
        del module["sequencing"]["post_condition_rules"]

    [only] = replay_launch(tampered(file, change)).differences
    assert (only.what, only.recorded, only.now) == ("what was delivered", "lesson", "end")


async def test_a_value_the_server_would_refuse_now_is_shown(room: Room) -> None:
    file = await exported(room, await play_scorm12(room))

    def change(document: Any) -> None:
        document["steps"][1]["set"]["cmi.core.score.raw"] = "120"

    differences = replay_launch(tampered(file, change)).differences
    assert [one.what for one in differences] == ["what the server refused"]
    assert differences[0].recorded == "nothing"
    assert "cmi.core.score.raw = '120' (error 405)" in differences[0].now


async def test_reasons_are_compared_when_they_are_asked_for(room: Room) -> None:
    file = await exported(room, await play_resumed(room))

    def change(document: Any) -> None:
        document["steps"][0]["trace"][0]["words"] = "because I say so"

    changed = tampered(file, change)
    assert replay_launch(changed).differences == []
    [only] = replay_launch(changed, traces=True).differences
    assert only.what == "the reasons, from step 1 on"
    assert "because I say so" in only.recorded


async def test_calls_that_never_reached_the_log_are_not_held_against_the_engine(room: Room) -> None:
    content = await launched(room, await room.register(SINGLE_12))
    content.call("Initialize")
    content.set(core__lesson_location="1")
    lost = content.gather()
    await content.window.send(msgspec.structs.replace(lost, calls=[]))
    content.call("GetValue", "cmi.core.lesson_location")
    await content.commit()
    assert content.call("GetValue", "cmi.core.lesson_location") == "1"
    content.set(core__lesson_status="completed")
    await content.leave()
    found = replay_launch(await exported(room, launch_of(content)))
    assert found.differences == []
    assert found.calls_not_compared == 1
    assert found.calls == 3


async def test_an_engine_that_fails_on_a_launch_is_a_difference(room: Room) -> None:
    file = await exported(room, await play_rules(room))

    def change(document: Any) -> None:
        warm_up = document["steps"][4]
        assert "cmi.score.scaled" in warm_up["set"]
        warm_up["set"]["cmi.scaled_passing_score"] = "much"
        warm_up["calls"].insert(-1, [99, "GetValue", "cmi.success_status", "", "unknown", "0"])

    found = replay_launch(tampered(file, change))
    assert (found.differences[-1].where, found.differences[-1].now[:10]) == ("commit 3", "ValueError")
    assert found.stopped


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"no json", "it is not JSON"),
        (b"[]", 'its "format" is not'),
        (b'{"format":"courseway-launch","version":"x"}', 'no "version"'),
        (b'{"format":"courseway-launch","version":2}', "exported by a newer Courseway"),
        (b'{"format":"courseway-launch","version":1}', "missing required field `course`"),
        (b"[" * 100_000, "it is not JSON"),
    ],
)
def test_what_is_no_exported_launch_is_refused_with_a_sentence(document: bytes, said: str) -> None:
    with pytest.raises(NotLaunchFile) as refused:
        parse_launch_file(document)
    assert said in refused.value.detail


async def test_a_file_whose_commits_are_not_in_order_is_refused_with_the_place(room: Room) -> None:
    file = await exported(room, await play_rules(room))

    def change(document: Any) -> None:
        document["steps"][1]["seq"] = 5

    with pytest.raises(NotLaunchFile, match=r"at \$.steps\[1\] commit 1 comes next, not 5"):
        tampered(file, change)


async def test_a_launch_of_before_says_that_it_cannot_be_exported(room: Room) -> None:
    launch = await play_rules(room)
    async with room.db.tenant(room.caller.tenant_id) as tx:
        await tx.run("UPDATE launches SET start_state = NULL WHERE tenant_id = %(tenant_id)s")
    with pytest.raises(NotExportable):
        await room.service.export_launch(room.caller, launch)
    assert not (await room.service.launch(room.caller, launch)).exportable


async def test_a_launch_is_exported_to_its_own_tenant_only(room: Room, db: Database) -> None:
    launch = await play_rules(room)
    stranger = platform_caller(await make_tenant(db, "Contoso"), "tests")
    with pytest.raises(RegistrationNotFound):
        await room.service.export_launch(stranger, launch)


async def test_a_call_log_is_narrowed_over_all_of_it_and_shows_what_the_server_refused(room: Room) -> None:
    launch = await play_scorm12(room)

    async def lines(**query: Any) -> list[tuple[Any, ...]]:
        found = await room.service.call_lines(room.caller, launch, CallQuery(**query))
        return [(one.call[1], one.call[2], one.call[5]) for one in found]

    everything = await lines()
    assert len(everything) == 18
    assert set(await lines(element="SCORE")) == {
        ("LMSSetValue", "cmi.core.score.raw", "405"),
        ("LMSSetValue", "cmi.core.score.raw", "0"),
    }
    failed = await lines(failed=True)
    assert [one[2] for one in failed] == ["301", "404", "203", "405", "405", "403"]
    assert (await lines(errors_first=True))[: len(failed)] == failed
    assert [one[0] for one in await lines(method="Finish")] == ["LMSFinish"]
    assert await lines(offset=16, limit=1) == everything[16:17]
    async with room.db.tenant(room.caller.tenant_id) as tx:
        refused = '[{"element": "cmi.core.credit", "value": "none", "code": "403", "reason": "can be read, not set"}]'
        await tx.run(
            "UPDATE launch_commits SET rejected = %(r)s::jsonb WHERE tenant_id = %(tenant_id)s AND seq = 1",
            {"r": refused},
        )
    found = await room.service.call_lines(room.caller, launch, CallQuery(element="credit", failed=True))
    assert [(one.refused, one.call[2:]) for one in found] == [
        (True, ["cmi.core.credit", "none", "can be read, not set", "403"])
    ]
    assert found[0].delivered_at is not None


async def test_a_preview_is_kept_for_its_author_and_plays_again(room: Room) -> None:
    course_id = await room.insert_course(SINGLE_12)
    url = await room.service.preview_link(room.caller, course_id)
    window = await room.window(await room.register(SINGLE_12))
    window.link = url.rsplit("/", 1)[1]
    content = await Content(window, room).open()
    content.call("Initialize")
    content.set(core__lesson_status="wonderful")
    await content.leave()
    await content.go("exitAll")
    [preview] = await room.service.previews(room.caller, course_id)
    assert (preview.id, preview.commits, preview.navigations) == (launch_of(content), 1, 1)
    lines = await room.service.calls(room.caller, preview.id)
    assert [call[5] for call in lines[0].calls] == ["0", "405", "0"]
    assert replay_launch(await exported(room, preview.id), traces=True).differences == []


async def test_a_preview_link_opened_anew_begins_a_new_log(room: Room) -> None:
    course_id = await room.insert_course(SINGLE_12)
    url = await room.service.preview_link(room.caller, course_id)
    for _ in range(2):
        window = await room.window(await room.register(SINGLE_12))
        window.link = url.rsplit("/", 1)[1]
        content = await Content(window, room).open()
        content.call("Initialize")
        await content.commit()
    assert replay_launch(await exported(room, launch_of(content))).differences == []
    assert len(await room.service.calls(room.caller, launch_of(content))) == 1


async def test_of_previews_the_newest_are_kept_and_of_each_the_newest_calls(room: Room) -> None:
    course_id = await room.insert_course(SINGLE_12)
    ids = []
    for number in range(22):
        url = await room.service.preview_link(room.caller, course_id)
        window = await room.window(await room.register(SINGLE_12, f"learner {number}"))
        window.link = url.rsplit("/", 1)[1]
        content = await Content(window, room).open()
        ids.append(launch_of(content))
    assert [len(await room.service.navigations(room.caller, one)) for one in ids] == [0, 0, *[1] * 20]
    content.call("Initialize")
    for _ in range(40):
        for _ in range(100):
            content.call("GetValue", "cmi.core.lesson_status")
        content.set(core__lesson_location="9")
        await content.commit()
    kept = sum(len(one.calls) for one in await room.service.calls(room.caller, ids[-1]))
    assert 2000 <= kept <= 2200
    assert replay_launch(await exported(room, ids[-1])).differences == []
