"""What browsers call themselves, as people say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseway.console.browsers import SHOWN, say_browser

KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (f"Mozilla/5.0 (X11; Linux x86_64) {KIT} Chrome/156.0.0.0 Safari/537.36", "Chrome 156 on Linux"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {KIT} HeadlessChrome/156.0.0.0 Safari/537.36", "Chrome 156 on Linux"),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KIT} Chrome/141.0 Safari/537.36 Edg/141.0",
            "Edge 141 on Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox 144 on Windows"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.5 Safari/605.1.15",
            "Safari 18 on macOS",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.5 Mobile/15E148 Safari/604.1",
            "Safari 18 on iPhone",
        ),
        (f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {KIT} Chrome/141.0 Mobile Safari/537.36", "Chrome 141 on Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer 11 on Windows"),
        ("python-httpx/0.28.1", "python-httpx/0.28.1"),
        ("", ""),
    ],
)
def test_a_browser_is_said_as_people_read_it(sent: str, said: str) -> None:
    assert say_browser(sent) == said


@given(st.text(max_size=300))
def test_whatever_was_sent_is_said_shortly(sent: str) -> None:
    said = say_browser(sent)
    assert len(said) <= SHOWN
    assert bool(said) == bool(sent)
