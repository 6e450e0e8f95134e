"""An operator in front of the console: a browser of her own, what it complained about, and the checker of accessibility."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.live import REPOSITORY, LiveServer

AXE = REPOSITORY / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}
DROP = """
([name, text]) => {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name, {type: "application/zip"}));
  for (const kind of ["dragenter", "dragover", "drop"])
    document.body.dispatchEvent(new DragEvent(kind, {dataTransfer: carried, bubbles: true, cancelable: true}));
}
"""


@dataclass
class Operator:
    """A browser signed in to the console. Every error a page logs is kept in `complaints`."""

    server: LiveServer
    browser: Browser
    complaints: list[str] = field(default_factory=list)

    def window(self, **options: Any) -> BrowserContext:
        """Open a window that is not signed in."""
        context = self.browser.new_context(**{"viewport": WIDE, "base_url": self.server.console, **options})
        context.set_default_timeout(15_000)
        context.on("console", lambda message: self._hear(message.type, message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        return context

    def _hear(self, kind: str, text: str) -> None:
        # The browser itself reports an answer of 4xx this way; tests that want one look at the page.
        if kind == "error" and "Failed to load resource" not in text:
            self.complaints.append(text)

    def sign_in(self, **options: Any) -> Page:
        """Open a window and sign in."""
        page = self.window(**options).new_page()
        page.goto("/sign-in")
        page.fill("[name=email]", self.server.email)
        page.fill("[name=password]", self.server.password)
        page.click("button:has-text('Sign in')")
        page.wait_for_url(self.server.console + "/")
        return page


@contextmanager
def open_operator(server: LiveServer) -> Iterator[Operator]:
    """Start a browser; the test fails when a page logged an error."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        operator = Operator(server, browser)
        yield operator
        browser.close()
        assert operator.complaints == []


def drop_file(page: Page, name: str, content: bytes) -> None:
    """Drop a file onto the page, as a hand with a mouse does."""
    page.evaluate(DROP, [name, base64.b64encode(content).decode()])


def accessibility_faults(page: Page) -> list[str]:
    """Run axe over the page; return what is serious or critical, with where."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(Path(AXE).read_text("utf-8"))
    found = page.evaluate(
        "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [
        f"{fault['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for fault in found["violations"]
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]


def scrolls_sideways(page: Page) -> bool:
    """Tell whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
