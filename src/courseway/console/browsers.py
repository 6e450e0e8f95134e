"""
What a browser calls itself, as people would say it: `Chrome 156 on Linux`. Pure.

For people who look at sessions and launches; nothing is decided by it.
"""

import re

# The first that fits wins: nearly every browser also claims to be those further down.
BROWSERS = (
    ("Edge", re.compile(r"\bEdg(?:e|A|iOS)?/(\d{1,4})")),
    ("Opera", re.compile(r"\bOPR/(\d{1,4})")),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/(\d{1,4})")),
    ("Firefox", re.compile(r"\b(?:Firefox|FxiOS)/(\d{1,4})")),
    ("Chrome", re.compile(r"\b(?:Headless)?(?:Chrome|Chromium|CriOS)/(\d{1,4})")),
    ("Safari", re.compile(r"\bVersion/(\d{1,4})\S*(?: Mobile/\S+)? Safari/")),
    ("Internet Explorer", re.compile(r"\b(?:MSIE |Trident/.*\brv:)(\d{1,4})")),
)
SYSTEMS = (
    ("iPad", re.compile(r"\biPad\b")),
    ("iPhone", re.compile(r"\biPhone\b")),
    ("Android", re.compile(r"\bAndroid\b")),
    ("ChromeOS", re.compile(r"\bCrOS\b")),
    ("Windows", re.compile(r"\bWindows\b")),
    ("macOS", re.compile(r"\bMac(?:intosh| OS X)\b")),
    ("Linux", re.compile(r"\bLinux\b")),
)
SHOWN = 60


def say_browser(user_agent: str) -> str:
    """Say browser and system of a User-Agent header; its own beginning when it is neither's, empty when it is."""
    browser = next((f"{name} {found[1]}" for name, look in BROWSERS if (found := look.search(user_agent))), "")
    if not browser:
        return user_agent if len(user_agent) <= SHOWN else user_agent[: SHOWN - 1] + "…"
    system = next((name for name, look in SYSTEMS if look.search(user_agent)), "")
    return f"{browser} on {system}" if system else browser
