"""What the command line prints: text of courses and learners must not move the cursor, nor write over what was said."""

import pytest

from courseway.commands.speech import format_cell, printable, show_table


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\x1b]0;owned\x07", "a\rb", "\x9b31m", "right\u202eto left", "nul\x00"])
def test_a_text_of_strangers_cannot_steer_the_terminal(hostile: str, capsys: pytest.CaptureFixture[str]) -> None:
    show_table([{"value": hostile}], {"value": "Value"}, empty="none")
    for said in (printable(hostile), format_cell(hostile), format_cell([hostile]), capsys.readouterr().out):
        assert not set(said) & {"\x1b", "\x07", "\r", "\x9b", "\u202e", "\x00"}


def test_ordinary_text_stays_as_it_is() -> None:
    assert printable("Überprüfung “eins” – 100 %") == "Überprüfung “eins” – 100 %"
