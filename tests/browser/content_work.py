"""
Works strange content as a learner does: answers what it asks, presses what leads on, and reports a result by its API.

Nothing here knows a course. What leads on is told by its words; what was not reported by the content itself is set the
way content sets it, on the API object that its window finds. The player around the content is not touched.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Error, Frame, Page

# The groups are tried in this order: begin, go on, hand in.
LEADS_ON = (
    r"^(start|begin|launch|enter|open|comenzar|iniciar|empezar)\b",
    r"^(next|continue|forward|siguiente|continuar|weiter|suivant|avan[cç]ar|>+|»|→|›)",
    r"\b(submit|check|hand in|finish|complete|done|mark)\b",
)
LEAVES = r"\b(exit|quit|close|leave|return)\b"

# Ticks one option of each question, fills in empty fields, and presses the first control that leads on and is not tired.
_STEP = """([patterns, tired]) => {
  const shown = (e) => { const box = e.getBoundingClientRect(); const style = getComputedStyle(e);
    return box.width > 0 && box.height > 0 && style.visibility !== 'hidden' && !e.disabled; };
  const groups = new Set();
  for (const e of document.querySelectorAll('input[type=radio]')) {
    if (!shown(e) || groups.has(e.name)) continue;
    groups.add(e.name);
    if (!document.querySelector(`input[type=radio][name="${CSS.escape(e.name)}"]:checked`)) e.click();
  }
  for (const e of document.querySelectorAll('select')) if (shown(e) && !e.value && e.options.length > 1) {
    e.selectedIndex = 1; e.dispatchEvent(new Event('change', { bubbles: true })); }
  for (const e of document.querySelectorAll('input[type=text], input:not([type]), textarea')) if (shown(e) && !e.value) {
    e.value = '1'; e.dispatchEvent(new Event('input', { bubbles: true })); }
  const words = (e) => [e.innerText, e.value, e.alt, e.title, e.getAttribute('aria-label'),
    e.querySelector('img')?.alt].find((one) => typeof one === 'string' && one.trim())?.trim() ?? '';
  const controls = [...document.querySelectorAll('button, a[href], a[onclick], area, input[type=button], input[type=submit],'
    + ' input[type=image], [role=button], [onclick]')].filter(shown)
    .filter((e) => !(e.href && /^https?:/.test(e.href) && new URL(e.href).origin !== location.origin));
  for (const pattern of patterns) for (const e of controls) {
    const found = words(e);
    const name = found + '|' + (e.id || e.getAttribute('onclick') || e.getAttribute('href') || '');
    if (found.length > 60 || !new RegExp(pattern, 'i').test(found) || tired.includes(name)) continue;
    e.click();
    return name;
  }
  return null;
}"""

_FINGERPRINT = """() => [location.href, document.body?.innerText.length, document.body?.querySelectorAll('*').length,
  [...document.querySelectorAll('button, input')].filter((e) => e.disabled).length, scrollY].join('|')"""

# Finds the API as content does: up through the parents, then from the opener. The first refusal is the last call.
_SET = """([standard, pairs]) => {
  const [name, prefix] = standard === 'scorm12' ? ['API', 'LMS'] : ['API_1484_11', ''];
  const find = (start) => { for (let w = start, n = 0; w && n < 20; n++) {
    try { if (w[name]) return w[name]; } catch { return null; } if (w === w.parent) return null; w = w.parent; } return null; };
  const api = find(window) || (window.opener && find(window.opener));
  if (!api) return null;
  for (const [element, value] of pairs) if (String(api[prefix + 'SetValue'](element, value)) !== 'true')
    return [`${prefix}SetValue ${element}`, String(api[prefix + 'GetLastError']())];
  return String(api[prefix + 'Commit']('')) === 'true' ? [] : [`${prefix}Commit`, String(api[prefix + 'GetLastError']())];
}"""

# What the API answers to content that has not begun its session, or has ended it. [RTE 3.1.7; RTE 1.2 3.3.6]
NO_SESSION = {"122", "123", "132", "133", "142", "143", "301", "101"}


@dataclass(frozen=True)
class Worked:
    """What was pressed in the content, in order."""

    pressed: tuple[str, ...]


def frames(page: Page) -> Iterator[Frame]:
    """The content's frames: the one the player made, those inside it, and windows the content opened."""
    for frame in page.frames:
        if frame is not page.main_frame:
            yield frame
    for other in page.context.pages:
        if other is not page and not other.is_closed() and other.url.startswith("http"):
            yield from other.frames


def press(page: Page, patterns: tuple[str, ...], tired: list[str]) -> str | None:
    """Press one control that matches, in any frame of the content; None when there is none."""
    for frame in list(frames(page)):
        try:
            pressed = frame.evaluate(_STEP, [list(patterns), tired])
        except Error:  # the frame went away meanwhile
            continue
        if pressed is not None:
            return str(pressed)
    return None


def fingerprint(page: Page) -> str:
    """Something that changes when the content shows something else."""
    seen = []
    for frame in list(frames(page)):
        try:
            seen.append(str(frame.evaluate(_FINGERPRINT)))
        except Error:
            seen.append("gone")
    return "\n".join(seen)


def work(page: Page, moved: Callable[[], bool], timeout_seconds: float, presses: int = 60) -> Worked:
    """Go through the content until nothing leads on, the player has moved, or the time is over."""
    deadline = time.monotonic() + timeout_seconds
    tired: list[str] = []
    pressed: list[str] = []
    while len(pressed) < presses and time.monotonic() < deadline and not moved():
        before = fingerprint(page)
        control = press(page, LEADS_ON, tired)
        if control is None:
            break
        pressed.append(control)
        if not _changes(page, before, moved):
            tired.append(control)
    return Worked(tuple(pressed))


def leave(page: Page) -> bool:
    """Press the content's own way out; False when it has none."""
    return press(page, (LEAVES,), []) is not None


def explore(page: Page, tired: list[str], moved: Callable[[], bool], presses: int = 12) -> bool:
    """Press what has not been pressed before, whatever it is, until the player has moved."""
    for _ in range(presses):
        before = fingerprint(page)
        control = press(page, ("",), tired)
        if control is None:
            return False
        tired.append(control)
        if _changes(page, before, moved) and moved():
            return True
    return False


def report(page: Page, standard: str, pairs: list[tuple[str, str]]) -> tuple[str, str] | None:
    """Set elements as the content would; returns the call that was refused with its error, None when all were taken."""
    for frame in list(frames(page)):
        try:
            refused = frame.evaluate(_SET, [standard, [list(pair) for pair in pairs]])
        except Error:
            continue
        if refused is not None:
            return (str(refused[0]), str(refused[1])) if refused else None
    return ("", "no API")


def _changes(page: Page, before: str, moved: Callable[[], bool]) -> bool:
    for _ in range(6):
        page.wait_for_timeout(100)
        if moved() or fingerprint(page) != before:
            page.wait_for_timeout(100)
            return True
    return False
