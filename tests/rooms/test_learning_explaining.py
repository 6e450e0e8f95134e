"""Navigations in words: what was asked, what came of it, why, and what is off."""

from datetime import UTC, datetime

from courseway.learning import cut, explain, say
from courseway.learning.model import NavigationRecord
from courseway.standards.sequencing.values import Step

TITLES = {"one": "Welcome", "two": "The test", "three": "The end", "module": "Module"}


def navigation(*steps: tuple[str, str], nav: int = 1, **more: str) -> NavigationRecord:
    fields = {"request": "continue", "target": "", "delivered": "two", "refused": "", **more}
    trace = [Step(*step) for step in steps]
    return NavigationRecord(nav=nav, at=datetime(2026, 1, 1, tzinfo=UTC), trace=trace, **fields)


def test_identifiers_in_quotes_become_titles_and_keep_the_identifier() -> None:
    explained = explain(navigation(("SB.2.2", 'flow goes from "one" to "two", not "elsewhere"')), TITLES)
    [reason] = explained.processes[0].reasons
    assert say(reason.words) == 'Flow goes from “Welcome” to “The test”, not "elsewhere"'
    assert [part.activity for part in reason.words if part.activity] == ["one", "two"]


def test_decisions_are_grouped_by_process_and_rules_stay_where_they_were_asked() -> None:
    explained = explain(
        navigation(
            ("NB.2.1", "it may"), ("TB.2.3", "it ends"), ("UP.4", "taken over"), ("RB.1.4", "a rule fired"), ("RB.1.2 b", "so"),
            ("SB.2.7", "forward"), ("UP.2", "skipped"), ("SB.2.2", "next"), ("UP.1", "no limit"), ("DB.1.1", "may"), ("DB.2", "is delivered"),
        ),
        TITLES,
    )  # fmt: skip
    assert [(one.name, len(one.reasons)) for one in explained.processes] == [
        ("Navigation request", 1),
        ("Ending what was open", 2),
        ("Rollup", 2),
        ("Finding what comes next", 4),
        ("Delivery", 2),
    ]


def test_what_is_off_after_a_delivery_stands_apart_by_its_reason() -> None:
    explained = explain(
        navigation(
            ("DB.2", '"two" is delivered'),
            ("NB.2.1", "Continue is off: nothing comes after it"),
            ("NB.2.1", 'Choice of "one" is off: "module" forbids it'),
            ("NB.2.1", 'Choice of "three" is off: "module" forbids it'),
            ("NB.2.1", 'Choice of 4 of the children of "module" is off: they are hidden'),
        ),
        TITLES,
    )
    assert explained.length == 1
    assert [([say(one) for one in off.what], say(off.why)) for off in explained.off] == [
        (["Continue"], "Nothing comes after it"),
        (["“Welcome”", "“The end”"], "“Module” forbids it"),
        (["4 of the children of “Module”"], "They are hidden"),
    ]


def test_what_is_off_in_a_course_of_scorm_12_stands_apart_too() -> None:
    explained = explain(navigation(("1.2", '"two" is delivered'), ("1.2", 'Choice of "three" is off: not yet')), TITLES)
    assert [(one.name, len(one.reasons)) for one in explained.processes] == [("SCORM 1.2", 1)]
    assert [say(one) for one in explained.off[0].what] == ["“The end”"]


def test_a_refusal_is_said_in_words_with_its_code_and_keeps_its_reasons() -> None:
    explained = explain(navigation(("NB.2.1", "refused"), request="previous", delivered="", refused="NB.2.1-5"), TITLES)
    assert (explained.outcome, explained.code, explained.off) == ("refused", "NB.2.1-5", ())
    assert say(explained.result) == "This part of the course cannot be left backwards."
    assert explained.length == 1
    unknown = explain(navigation(delivered="", refused="XX.1-1"), TITLES)
    assert say(unknown.result) == "The request was refused."


def test_starts_reloads_choices_and_ends_have_words_of_their_own() -> None:
    assert say(explain(navigation(nav=0, request="start"), TITLES).request) == "The launch began"
    assert say(explain(navigation(nav=-1, request="resumeAll"), TITLES).request) == "The window was reloaded"
    assert say(explain(navigation(request="choice", target="three"), TITLES).request) == "Choice of “The end”"
    ended = explain(navigation(request="exitAll", delivered=""), TITLES)
    assert (ended.outcome, say(ended.result)) == ("ended", "The session ended")


def test_a_long_reasoning_is_cut_after_so_many_decisions() -> None:
    steps = [("SB.2.2", f"step {number}") for number in range(10)] + [("DB.2", "delivered")] * 5
    head, rest = cut(explain(navigation(*steps), TITLES).processes, 12)
    assert [len(one.reasons) for one in head] == [10, 2]
    assert [(one.name, len(one.reasons)) for one in rest] == [("Delivery", 3)]
