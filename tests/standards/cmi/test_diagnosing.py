"""Errors of recorded calls, explained from the call alone."""

import pytest

from courseway.standards.cmi import explain_error


@pytest.mark.parametrize(
    ("standard", "call", "code", "said"),
    [
        ("scorm2004", ("SetValue", "cmi.score.scaled", "1.5"), "407", "takes a decimal number from -1 to 1"),
        ("scorm2004", ("SetValue", "cmi.exit", "soon"), "406", "takes one of: time-out"),
        ("scorm2004", ("SetValue", "cmi.interactions.7.type", "riddle"), "406", "cmi.interactions.7.type takes"),
        ("scorm2004", ("SetValue", "cmi.learner_name", "Eve"), "404", "can be read, not set"),
        ("scorm2004", ("GetValue", "cmi.exit", ""), "405", "can be set, not read"),
        ("scorm2004", ("GetValue", "cmi.wishes", ""), "401", "is not an element of SCORM 2004"),
        ("scorm12", ("LMSSetValue", "cmi.core.lesson_status", "done"), "405", "takes one of: passed"),
        ("scorm12", ("LMSGetValue", "cmi.core._count", ""), "203", "Only lists have a _count"),
    ],
)
def test_what_was_wrong_with_a_call_is_told_from_the_call(
    standard: str, call: tuple[str, str, str], code: str, said: str
) -> None:
    assert said in explain_error(standard, *call, code)[1]


def test_what_depends_on_other_values_is_told_by_the_code_alone() -> None:
    text, wrong = explain_error("scorm2004", "SetValue", "cmi.interactions.9.id", "urn:q", "351")
    assert text == "General Set Failure"
    assert wrong.startswith("The index skips entries")
    assert explain_error("scorm2004", "GetValue", "cmi.location", "", "403")[1] == "Nothing has been set here yet."


def test_a_code_that_is_none_is_said_to_be_none() -> None:
    assert explain_error("scorm12", "LMSGetValue", "cmi.core.exit", "", "999")[0] == "Unknown error code"
