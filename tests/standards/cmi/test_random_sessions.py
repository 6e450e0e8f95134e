"""What holds for every session content could have, however odd."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courseway.standards.cmi import RuntimeApi, apply_commit, end_session, model_of, summarize
from courseway.standards.cmi.elements import Model
from tests.standards.cmi.in_player import play_in_player
from tests.standards.cmi.sequences import MODELS, random_calls, random_values

seeds = st.integers(min_value=0, max_value=2**32)
standards = st.sampled_from(tuple(model.name for model in MODELS))


def played(seed: int, standard: str, length: int = 40) -> tuple[RuntimeApi, dict[str, str]]:
    random, model = Random(seed), model_of(standard)
    values = random_values(random, model)
    api = RuntimeApi(model, values)
    for method, *arguments in random_calls(random, model, length):
        answer = api.call(method, *arguments)
        assert isinstance(answer, str)
        assert api.get_last_error() in model.texts
        assert len(api.get_diagnostic("")) < 255
    return api, values


@settings(max_examples=150, deadline=None)
@given(seeds, standards)
def test_no_sequence_of_calls_raises_and_every_error_has_a_text(seed: int, standard: str) -> None:
    played(seed, standard)


@settings(max_examples=100, deadline=None)
@given(standards, st.lists(st.tuples(st.sampled_from(("GetValue", "SetValue")), st.text(), st.text())))
def test_no_text_whatsoever_raises(standard: str, calls: list[tuple[str, str, str]]) -> None:
    api = RuntimeApi(model_of(standard), {})
    api.initialize("")
    for method, name, value in calls:
        api.call(method, name, value)
        api.call(method, "cmi." + name, value)


@settings(max_examples=150, deadline=None)
@given(seeds, standards)
def test_the_server_accepts_what_a_browser_did_and_reaches_the_same_state(seed: int, standard: str) -> None:
    api, values = played(seed, standard)
    applied = apply_commit(standard, values, api.changes)
    assert applied.rejected == ()
    assert applied.state == api.data.values


@settings(max_examples=150, deadline=None)
@given(seeds, standards)
def test_commits_sent_at_any_moment_are_accepted_whole(seed: int, standard: str) -> None:
    random, model = Random(seed), model_of(standard)
    values = random_values(random, model)
    api, state = RuntimeApi(model, values), dict(values)
    for method, *arguments in random_calls(random, model, 60):
        api.call(method, *arguments)
        if random.random() < 0.15:
            applied = apply_commit(standard, state, api.changes)
            assert applied.rejected == ()
            state, api.changes = applied.state, {}
    assert apply_commit(standard, state, api.changes).state == api.data.values


@settings(max_examples=100, deadline=None)
@given(seeds, standards, st.integers(min_value=1, max_value=30))
def test_commits_in_pieces_reach_the_state_of_one_commit(seed: int, standard: str, size: int) -> None:
    api, values = played(seed, standard)
    pairs = list(api.changes.items())
    state = apply_commit(standard, values, {}).state
    for start in range(0, len(pairs), size):
        state = apply_commit(standard, state, pairs[start : start + size]).state
    assert state == apply_commit(standard, values, pairs).state


@settings(max_examples=100, deadline=None)
@given(seeds, standards, st.booleans())
def test_every_state_can_be_summarized_and_its_session_ended(seed: int, standard: str, finished: bool) -> None:
    api, _ = played(seed, standard)
    before = summarize(standard, api.data.values)
    after = summarize(standard, end_session(standard, api.data.values, finished=finished).state)
    assert after.location == before.location
    assert after.score == before.score
    assert (
        after.total_time_seconds == pytest.approx(before.total_time_seconds, abs=0.01)
        or before.total_time_seconds > 3e7
    )


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_the_player_answers_every_random_session_as_the_server_does(
    model: Model, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    seed = int(request.config.getoption("randomly_seed", 1) or 1)
    cases = [_expected(Random(seed + number), model, number) for number in range(250)]
    play_in_player(cases, tmp_path)


def _expected(random: Random, model: Model, number: int) -> dict[str, object]:
    values = random_values(random, model)
    api = RuntimeApi(model, values)
    calls: list[list[str]] = []
    ask = "LMSGetDiagnostic" if model.name == "scorm12" else "GetDiagnostic"
    for method, *arguments in random_calls(random, model, 60):
        calls.append([method, *arguments, api.call(method, *arguments), api.get_last_error()])
        calls.append([ask, "", api.get_diagnostic(""), api.get_last_error()])
    name = f"random session {number}"
    return {"name": name, "standard": model.name, "values": values, "calls": calls, "changes": api.changes}
