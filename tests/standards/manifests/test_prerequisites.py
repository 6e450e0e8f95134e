"""Prerequisites of SCORM 1.2 become values. Clause: SCORM 1.2 CAM 2.3 (prerequisites)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseway.standards.manifests.prerequisites import (
    DEEPEST,
    MOST_CHARACTERS,
    AtLeast,
    Every,
    LessonStatus,
    Not,
    Prerequisite,
    PrerequisiteError,
    Reached,
    Some,
    StatusIs,
    names_of,
    parse_prerequisites,
    render_prerequisites,
)

A, B, C = Reached("A"), Reached("B"), Reached("C")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A", A),
        (" item-1.2_b ", Reached("item-1.2_b")),
        ("A&B", Every((A, B))),
        ("A & B & C", Every((A, B, C))),
        ("A|B|C", Some((A, B, C))),
        ("A|B&C", Some((A, Every((B, C))))),
        ("(A|B)&C", Every((Some((A, B)), C))),
        ("~A", Not(A)),
        ("~~A", Not(Not(A))),
        ("~(A&B)", Not(Every((A, B)))),
        ("~A&B", Every((Not(A), B))),
        ('A="passed"', StatusIs("A", LessonStatus.PASSED)),
        ("A='not attempted'", StatusIs("A", LessonStatus.NOT_ATTEMPTED)),
        ("A <> failed", StatusIs("A", LessonStatus.FAILED, negated=True)),
        ("A=not attempted & B", Every((StatusIs("A", LessonStatus.NOT_ATTEMPTED), B))),
        ('~A="i"', Not(StatusIs("A", LessonStatus.INCOMPLETE))),
        ("2*{A,B,C}", AtLeast(2, (A, B, C))),
        ('1*{ A , B="c" }|C', Some((AtLeast(1, (A, StatusIs("B", LessonStatus.COMPLETED))), C))),
        ("3", Reached("3")),
        ("Übung-1&урок_2", Every((Reached("Übung-1"), Reached("урок_2")))),
    ],
)
def test_an_expression_is_read_with_the_books_precedence(text: str, value: Prerequisite) -> None:
    assert parse_prerequisites(text) == value


@pytest.mark.parametrize(
    ("letter", "status"),
    [("p", "passed"), ("C", "completed"), ("F", "failed"), ("b", "browsed"), ("N", "not attempted")],
)
def test_one_letter_of_a_status_is_enough(letter: str, status: str) -> None:
    assert parse_prerequisites(f"A={letter}") == StatusIs("A", LessonStatus(status))


@pytest.mark.parametrize(
    ("text", "sentence", "position"),
    [
        ("", "Where an identifier should be, the expression ends", 0),
        ("   ", "the expression ends", 0),
        ("A&", "Where an identifier should be, the expression ends", 2),
        ("A B", "Where & or | should be, there is B", 2),
        ("(A|B", "Where ) should be, the expression ends", 4),
        ("A)", "there is )", 1),
        ("A = done", "done is no status", 4),
        ("A =", "Where a status should be", 3),
        ("x*{A}", "Before * there must be a whole number", 0),
        ("2*A", "Where { should be, there is A", 2),
        ("99999*{A}", "at most 10,000", 0),
        ("A  ; B", "';' means nothing here", 3),
        ('A="passed', "means nothing here", 2),
        ("A&&B", "Where an identifier should be, there is &", 2),
    ],
)
def test_what_is_no_expression_is_refused_with_the_place(text: str, sentence: str, position: int) -> None:
    with pytest.raises(PrerequisiteError) as refused:
        parse_prerequisites(text)
    assert sentence in str(refused.value)
    assert refused.value.position == position


@pytest.mark.parametrize("open_sign", ["(", "~", "1*{"])
def test_an_expression_can_be_neither_endless_nor_bottomless(open_sign: str) -> None:
    with pytest.raises(PrerequisiteError, match=f"nested deeper than {DEEPEST}"):
        parse_prerequisites(open_sign * 3000)
    with pytest.raises(PrerequisiteError, match="more than"):
        parse_prerequisites("A" * (MOST_CHARACTERS + 1))


def test_the_names_an_expression_speaks_of_are_told() -> None:
    assert list(names_of(parse_prerequisites('A&(B="p"|~C)|2*{A,D}'))) == ["A", "B", "C", "A", "D"]


NAMES = st.from_regex(r"[A-Za-z_][\w.:-]{0,8}", fullmatch=True).filter(lambda name: name.lower() != "not")
LEAVES = st.builds(Reached, NAMES) | st.builds(StatusIs, NAMES, st.sampled_from(LessonStatus), st.booleans())


def _grown(inner: st.SearchStrategy[Prerequisite]) -> st.SearchStrategy[Prerequisite]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return (
        st.builds(Not, inner)
        | st.builds(Every, several)
        | st.builds(Some, several)
        | st.builds(AtLeast, st.integers(0, 20), several)
    )


@given(st.recursive(LEAVES, _grown, max_leaves=12))
def test_what_is_rendered_parses_to_the_same_value(value: Prerequisite) -> None:
    assert parse_prerequisites(render_prerequisites(value)) == value


@given(st.text(max_size=60) | st.text("AB12&|~=<>(){},* \"'p", max_size=60))
def test_any_text_is_an_expression_or_refused_with_a_place_in_it(text: str) -> None:
    try:
        value = parse_prerequisites(text)
    except PrerequisiteError as refused:
        assert 0 <= refused.position <= len(text)
    else:
        assert parse_prerequisites(render_prerequisites(value)) == value
