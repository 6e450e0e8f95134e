"""
The real player behind the driver protocol of the decoded SCORM 2004 test cases: one JSON object a line each way.

Courses go through the API into the platform, a Chromium shows the player, and what is told of buttons and contents is
what a learner sees there. Nothing is asked of the engine directly.
"""

import json
import sys
import traceback
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from tests.conformance.stage import Stage, open_stage, pack_course

TIMEOUT_MS = 20_000

SETTLED = """async () => {
  const pause = (ms) => new Promise((go) => setTimeout(go, ms));
  const root = document.documentElement;
  await pause(0);
  for (const until = Date.now() + 20000; Date.now() < until; await pause(4)) {
    if (!["active", "ended"].includes(root.dataset.session) || document.querySelector("#stage").getAttribute("aria-busy") === "true") continue;
    const frame = document.querySelector("iframe[name=content]");
    if (frame && !frame.contentWindow.part) continue;
    return { session: root.dataset.session, current: root.dataset.current || null,
      number: Number(root.dataset.delivery), content: frame !== null,
      note: document.querySelector(".notice").textContent };
  }
  throw new Error("the player did not come to rest: " + document.body.innerText.slice(0, 500));
}"""

CALL = """([method, args]) => {
  const part = document.querySelector("iframe[name=content]")?.contentWindow.part;
  return part ? part.call(method, args) : { value: "false", error: "0" };
}"""

LAST_CALLS = """(calls) => document.querySelector("iframe[name=content]")?.contentWindow.part.atTheEnd(calls)"""

CONTENTS = """() => {
  const shown = (element) => element !== null && element.checkVisibility({ visibilityProperty: true });
  return { offered: shown(document.querySelector("#toc")), items: [...document.querySelectorAll("#toc [data-activity]")].map((item) => ({
    id: item.dataset.activity, title: item.querySelector(".name").textContent, root: item.hasAttribute("data-root"),
    visible: shown(item), selectable: shown(item) && !item.disabled, current: item.hasAttribute("aria-current") })) };
}"""


class Driver:
    """One learner before the screen."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.page: Page = stage.chromium.window.new_page()
        self.page.set_default_timeout(TIMEOUT_MS)
        # The thousands of calls take the short way: half the time of Page.evaluate.
        self.wire = self.page.context.new_cdp_session(self.page)
        self.registrations: dict[str, str] = {}

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Do one thing."""
        return getattr(self, f"do_{asked['cmd']}")(asked)  # type: ignore[no-any-return]

    def do_hello(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"name": "courseway player"}

    def do_open(self, asked: dict[str, Any]) -> dict[str, Any]:
        if not asked["keep"]:
            self.stage.renew()
        self.page.goto("about:blank")
        self.registrations = {}
        for name, path in asked["packages"].items():
            course = self.stage.server.import_course(pack_course(Path(path)))
            self.registrations[name] = self.stage.register(course, asked["learner"])
        self.deliveries = self.before = 0
        self.wish: Locator | None = None
        self.last_calls: list[tuple[str, list[str]]] = []
        return {}

    def do_launch(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.before = self.deliveries
        self.page.goto(self.stage.link(self.registrations[asked["package"]]))
        state = self._state()
        target = asked.get("target")
        if not target:
            return state
        entry = self._entry(target)
        if not (entry.is_visible() and entry.is_enabled()):
            return {**state, "note": f"{target} cannot be chosen"}
        entry.click()
        return self._state()

    def do_call(self, asked: dict[str, Any]) -> dict[str, Any]:
        if self.wish is not None:
            # The tester has acted: this is what content calls while it is unloaded.
            self.last_calls.append((asked["method"], asked["args"]))
            return {"value": "", "error": "0"}
        expression = f"({CALL})({json.dumps([asked['method'], asked['args']])})"
        answer = self.wire.send("Runtime.evaluate", {"expression": expression, "returnByValue": True})
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"].get("description", "the call failed"))
        return dict(answer["result"]["value"])

    def do_settle(self, asked: dict[str, Any]) -> dict[str, Any]:
        if self.wish is not None:
            self.page.evaluate(LAST_CALLS, self.last_calls)
            self.wish.click()
            self.wish, self.last_calls = None, []
        return self._state()

    def do_act(self, asked: dict[str, Any]) -> dict[str, Any]:
        control = self._entry(asked["target"]) if asked["do"] == "choice" else self._control(asked["do"])
        if not control.is_visible():
            return {"ok": False, "reason": f"{asked['do']} {asked.get('target') or ''} is not shown"}
        if not control.is_enabled():
            return {"ok": False, "reason": f"{asked['do']} {asked.get('target') or ''} is disabled"}
        self.wish = control
        return {"ok": True}

    def do_ui(self, asked: dict[str, Any]) -> dict[str, Any]:
        contents = self.page.evaluate(CONTENTS)
        choosable = any(one["selectable"] and not one["current"] for one in contents["items"])
        return {
            "continue": {"enabled": self._usable("continue")},
            "previous": {"enabled": self._usable("previous")},
            "toc": {"enabled": contents["offered"] and choosable, "items": contents["items"]},
        }

    def do_api_version(self, asked: dict[str, Any]) -> dict[str, Any]:
        frame = self.page.frame("content")
        assert frame is not None
        return {"value": frame.evaluate("part.version()")}

    def _control(self, name: str) -> Locator:
        return self.page.locator(f".bar [data-nav={name}]")

    def _entry(self, target: dict[str, Any]) -> Locator:
        if target.get("root"):
            return self.page.locator("#toc [data-activity][data-root]")
        named = self.page.locator(".name").get_by_text(target["title"], exact=True)
        return self.page.locator("#toc [data-activity]:not([data-root])").filter(has=named)

    def _usable(self, name: str) -> bool:
        control = self._control(name)
        return control.is_visible() and control.is_enabled()

    def _state(self) -> dict[str, Any]:
        found = self.page.evaluate(SETTLED)
        number = found.pop("number")
        self.deliveries = self.before + number
        return {**found, "delivery": self.deliveries}


def main() -> None:
    """Answer until nobody asks."""
    with open_stage() as stage:
        driver = Driver(stage)
        for line in sys.stdin:
            try:
                answer = driver.answer(json.loads(line))
            except Exception:
                traceback.print_exc()
                answer = {"fatal": traceback.format_exc().strip().splitlines()[-1]}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
