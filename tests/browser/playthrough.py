"""
A whole course played as a learner plays it: every activity, left once in the middle and resumed, to the end.

The learner sees the player only: its contents, its controls, and the content. What was delivered, refused and reached is
asked of the server afterwards, so that a report says what happened and not what the browser believed.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Error, Page

from tests.browser import content_work
from tests.browser.learning import Desk, calls, navigations

SETTLE_MS = 650  # a change is on the server half a second after it was made
MOST_RETURNS = 12  # to a page that leads on by itself, a menu for example
GOOD = {"completed", "passed"}


@dataclass(frozen=True)
class Manner:
    """
    How the learner plays. `fails_first`: the first attempt at every activity is reported as failed.

    `works_content`: what is in the content is pressed and answered; otherwise only a result is reported for it.
    """

    fails_first: bool = False
    works_content: bool = True
    suspends: bool = True
    timeout_seconds: float = 180.0
    content_seconds: float = 12.0


@dataclass
class Playing:
    """What came of one course."""

    course: str
    standard: str = ""
    edition: str = ""
    activities: int = 0
    leaves: int = 0
    visited: int = 0
    deliveries: list[str] = field(default_factory=list)
    initialized: int = 0
    reported_by_content: int = 0
    end: str = ""
    resumed: str = "not tried"
    refused: list[str] = field(default_factory=list)
    api_errors: dict[str, int] = field(default_factory=dict)
    set_refused: list[str] = field(default_factory=list)
    player_errors: list[str] = field(default_factory=list)
    content_errors: int = 0
    server_errors: list[str] = field(default_factory=list)
    completion: str = ""
    success: str = ""
    score: float | None = None
    progress: float | None = None
    seconds: float = 0.0
    not_visited: list[str] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=dict)

    @property
    def ended_well(self) -> bool:
        """Whether the course was played to its end."""
        closed = self.end.startswith("the rest is closed") and self.completion == "completed"
        return closed or self.end.startswith(("the course ended", "nothing left to do"))

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return asdict(self)


class Playthrough:
    """One registration, from its first launch until nothing is left to do."""

    def __init__(self, desk: Desk, course: str, name: str, manner: Manner, screenshots: Path | None = None) -> None:
        self.desk, self.manner, self.name, self.screenshots = desk, manner, name, screenshots
        self.found = Playing(name)
        self.registration = desk.register(course, learner=name[:200])
        self.deadline = time.monotonic() + manner.timeout_seconds
        self.visits: Counter[str] = Counter()
        self.begun: set[str] = set()
        self.tried: Counter[str] = Counter()
        self.chosen: Counter[str] = Counter()
        self.pressed: dict[str, set[str]] = {}
        self.explored: Counter[str] = Counter()
        self.page: Page = self._open()

    def play(self) -> Playing:
        """Play to the end and say what was seen."""
        started = time.monotonic()
        try:
            self._play()
        except Error as error:
            self.found.end = f"the browser gave up: {str(error).splitlines()[0]}"
        self._picture("end")
        self.page.close()
        self.found.seconds = round(time.monotonic() - started, 1)
        self._look_back()
        return self.found

    # What the learner does ------------------------------------------------------------------------------------------

    def _play(self) -> None:
        leaves = self._leaves()
        most = 3 * len(leaves) + 10
        pause_at = max(1, len(leaves) // 2) if self.manner.suspends else 0
        number = 0
        while time.monotonic() < self.deadline:
            if self._ended():
                self.found.end = "the course ended"
                return
            if self._plays():
                number += 1
                if number > most:
                    self.found.end = f"still going on after {most} deliveries"
                    return
                activity = self._current()
                if number == pause_at:
                    self._pause(activity)
                self._visit(activity)
            if self._ended():
                continue
            if not self._go_on():
                return
        self.found.end = "time is over"

    def _visit(self, activity: str) -> None:
        """Work the content; what it does not report itself is reported for it."""
        self.visits[activity] += 1
        delivery = self._delivery()
        moved = self._moved_from(delivery)
        self.page.wait_for_timeout(SETTLE_MS)
        if self.manner.works_content:
            content_work.work(self.page, moved, self.manner.content_seconds)
            self.page.wait_for_timeout(SETTLE_MS)
        if len(self.visits) == max(1, len(self._leaves()) // 2) and self.visits[activity] == 1:
            self._picture("middle")
        if not moved():
            self._report(activity)

    def _report(self, activity: str) -> None:
        pairs = self._outcome(activity)
        refused = content_work.report(self.page, self.found.standard, pairs) if pairs else None
        if refused is None:
            self.begun.add(activity)
        else:
            call, error = refused
            self.tried[f"{call}: {error}"] += 1
            if error not in content_work.NO_SESSION | {"no API"}:
                self.found.set_refused.append(f"{activity}: {call}: {error}")
        if pairs:
            self.page.wait_for_timeout(SETTLE_MS)

    def _outcome(self, activity: str) -> list[tuple[str, str]]:
        """What is to be set so that this activity is behind the learner: nothing when the content has seen to it."""
        view = self._view(activity)
        fails = self.manner.fails_first and self.visits[activity] == 1
        done = view["completion"] == "completed" and view["success"] != "failed"
        if not fails and done and (view["success"] == "passed" or self.found.standard == "scorm12"):
            self.found.reported_by_content += 1
            return []
        score = "0" if fails else "1"
        if self.found.standard == "scorm12":
            status = "failed" if fails else "passed"
            return [("cmi.core.score.raw", "0" if fails else "100"), ("cmi.core.lesson_status", status)]
        return [
            ("cmi.progress_measure", "1"),
            ("cmi.completion_status", "completed"),
            ("cmi.success_status", "failed" if fails else "passed"),
            ("cmi.score.scaled", score),
        ]

    def _go_on(self) -> bool:
        """Take the way on that a learner would take; False when there is none, or the course is over."""
        if self._plays() and self._click("[data-nav=continue]"):
            return True
        target = self._choice()
        if target is not None:
            self.chosen[target] += 1
            return self._click(f'[data-activity="{target}"]', in_contents=True)
        moved = self._moved_from(self._delivery())
        if self._plays() and content_work.leave(self.page) and self._wait(moved, 3):
            return True
        done = not [one for one in self._leaves() if one not in self.visits]
        if self._plays() and not done and self._explore(moved):
            return True
        for exit_ in ("exitAll", "suspendAll"):
            if self._click(f"[data-nav={exit_}]"):
                self.found.end = f"nothing left to do ({exit_})" if done else f"the rest is closed ({exit_})"
                return False
        self.found.end = self.found.end or "no way on is offered"
        return False

    def _explore(self, moved: Callable[[], bool]) -> bool:
        """Where only the content leads on: press what is new, then what was not pressed here, then anything again."""
        activity = self._current()
        here = self.pressed.setdefault(activity, set())
        self.explored[activity] += 1
        anywhere: set[str] = set().union(*self.pressed.values())
        for known in (anywhere, here, set[str]()) if self.explored[activity] < MOST_RETURNS else (anywhere,):
            tired = list(known)
            leads = content_work.explore(self.page, tired, moved)
            here.update(tired[len(known) :])
            if leads and self._wait(moved, 3):
                return True
        return False

    def _plays(self) -> bool:
        return self.page.locator("#stage iframe").count() > 0

    def _choice(self) -> str | None:
        """The next activity in the contents: not visited yet, else not yet done and tried once only."""
        if not self.page.locator(".toggle:visible").count():
            return None  # a course of one activity has no contents to choose from
        offered: list[str] = self.page.eval_on_selector_all(
            "#toc li button.entry:not(:disabled)", "all => all.map((one) => one.dataset.activity)"
        )
        leaves = set(self._leaves())
        mine = [one for one in offered if one in leaves and self.chosen[one] < 2]  # a choice may lead elsewhere
        for one in mine:
            if one not in self.visits:
                return one
        statuses = {one["id"]: one["status"] for one in self._show()["activities"]}
        return next((one for one in mine if self._deserves_another(one, statuses[one])), None)

    def _deserves_another(self, activity: str, status: str) -> bool:
        return activity in self.begun and status not in GOOD and self.visits[activity] < 2

    def _click(self, selector: str, in_contents: bool = False) -> bool:
        control = self.page.locator(selector).first
        if not control.count() or not control.is_enabled():
            return False
        if in_contents and self.page.locator("main.body:not(.toc-open)").count():
            toggle = self.page.locator(".toggle:visible")
            if toggle.count():
                toggle.first.click()
        moved = self._moved_from(self._delivery())
        if not control.is_visible():
            more = self.page.locator(".more:visible")
            if more.count():
                more.first.click()
        control.click(timeout=5_000)
        if self._wait(moved, 20):
            return True
        self.found.end = f"the player did not answer {selector}"
        return False

    def _pause(self, activity: str) -> None:
        """Leave in the middle and come back; the same place is the same activity with the values it had."""
        self.page.wait_for_timeout(SETTLE_MS)
        before = self._place(activity)
        control = self.page.locator("[data-nav=suspendAll]")
        way = "Save and exit" if control.count() and control.is_enabled() else "closing the window"
        if way == "Save and exit":
            self._click("[data-nav=suspendAll]")
        self.page.close()
        self.page = self._open()
        if not self._plays():
            self.found.resumed = f"{way}: nothing delivered"
            return
        after = self._current()
        same = after == activity
        kept = self._place(after) == before if same else False
        place = "same activity, same values" if kept else "same activity" if same else f"{after} instead of {activity}"
        self.found.resumed = f"{way}: {place}"

    def _place(self, activity: str) -> tuple[str, str]:
        values = self._view(activity)["values"]
        location = values.get("cmi.location") or values.get("cmi.core.lesson_location") or ""
        return location, values.get("cmi.suspend_data", "")

    # What is seen ---------------------------------------------------------------------------------------------------

    def _open(self) -> Page:
        page = self.desk.chromium.window.new_page()
        page.set_default_timeout(20_000)
        page.on("dialog", lambda dialog: dialog.accept())
        page.on("console", self._heard)
        page.on("response", self._answered)
        page.goto(self.desk.link(self.registration))
        page.wait_for_selector("#stage iframe, .screen")
        takeover = page.get_by_role("button", name="Continue here")
        if takeover.count():
            takeover.click()
            page.wait_for_selector("#stage iframe, .screen")
        page.wait_for_timeout(SETTLE_MS)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        url = str(message.location.get("url", ""))
        if url.startswith(self.desk.server.content) and not url.startswith(f"{self.desk.server.content}/api/preview/"):
            self.found.player_errors.append(f"{message.text} ({url})"[:300])
        else:
            self.found.content_errors += 1

    def _answered(self, response: Any) -> None:
        if response.status >= 500:
            self.found.server_errors.append(f"{response.status} {response.url}"[:200])

    def _ended(self) -> bool:
        return self.page.locator("html[data-session=ended]").count() > 0

    def _delivery(self) -> str:
        return self.page.locator("html").get_attribute("data-delivery") or ""

    def _moved_from(self, delivery: str) -> Callable[[], bool]:
        screen = self.page.locator("#stage .screen").count() > 0

        def moved() -> bool:
            if self._ended() or self._delivery() != delivery:
                return True
            return not screen and self.page.locator("#stage .screen").count() > 0

        return moved

    def _wait(self, holds: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if holds():
                self.page.wait_for_timeout(200)
                return True
            self.page.wait_for_timeout(100)
        return False

    def _picture(self, moment: str) -> None:
        if self.screenshots is not None:
            self.screenshots.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=self.screenshots / f"{self.name}-{moment}.png")

    # What the server knows ------------------------------------------------------------------------------------------

    def _show(self) -> dict[str, Any]:
        return self.desk.show(self.registration)

    def _view(self, activity: str) -> dict[str, Any]:
        return next(dict(one) for one in self._show()["activities"] if one["id"] == activity)

    def _leaves(self) -> list[str]:
        shown = self._show()
        self.found.standard, self.found.edition = shown["standard"], shown["edition"]
        self.found.activities = len(shown["activities"])
        return [one["id"] for one in shown["activities"] if one["kind"] != "cluster"]

    def _current(self) -> str:
        delivered = [one for one in navigations(self.desk.server, self.registration) if one["delivered"]]
        return str(delivered[-1]["delivered"])

    def _look_back(self) -> None:
        found, shown = self.found, self._show()
        moves = navigations(self.desk.server, self.registration)
        found.deliveries = [one["delivered"] for one in moves if one["delivered"]]
        found.refused = [f"{one['request']} {one['target']}: {one['refused']}".replace(" :", ":")
                         for one in moves if one["refused"]]  # fmt: skip
        leaves = [one for one in shown["activities"] if one["kind"] != "cluster"]
        found.leaves, found.visited = len(leaves), len(set(found.deliveries))
        found.not_visited = [one["id"] for one in leaves if one["id"] not in found.deliveries]
        found.statuses = {one["id"]: one["status"] for one in leaves}
        errors: Counter[str] = Counter()
        for commit in calls(self.desk.server, self.registration):
            for _, method, element, _, _, error in commit["calls"]:
                found.initialized += method.endswith("Initialize") and str(error) == "0"
                if str(error) != "0":
                    errors[f"{method} {element}: {error}".replace(" :", ":")] += 1
            errors.update(f"the server refused {one.get('element')}" for one in commit["rejected"])
        found.api_errors = dict((errors - self.tried).most_common())
        summary = shown["registration"]["summary"]
        found.completion, found.success = summary["completion"], summary["success"]
        found.score, found.progress = summary["score"]["scaled"], summary["progress"]
