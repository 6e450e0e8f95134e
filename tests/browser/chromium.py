"""A Chromium as people have it: started by ourselves, so that storage partitioning and popup blocking stay switched on."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1280,800",
    "--remote-debugging-port=0",
    # A background tab of a test is not to be slowed down more than a learner's would be in the same moment.
    "--disable-backgrounding-occluded-windows",
]


class Chromium:
    """One browser with a profile of its own; `kill` is a power cut, after which `start` opens the same profile again."""

    def __init__(self, playwright: Playwright, *flags: str) -> None:
        self._playwright = playwright
        self._flags = flags
        self._profile = Path(tempfile.mkdtemp(prefix="courseway-chromium-"))
        self._process: subprocess.Popen[bytes] | None = None
        self.browser: Browser = self.start()

    @property
    def window(self) -> BrowserContext:
        """The profile's own windows, with everything that is switched on in them."""
        return self.browser.contexts[0]

    def start(self) -> Browser:
        """Start it and attach."""
        port_file = self._profile / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        program = shutil.which("chromium") or "/usr/bin/chromium"
        command = [program, *FLAGS, *self._flags, f"--user-data-dir={self._profile}", "about:blank"]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        address = _address(port_file)
        self.browser = self._playwright.chromium.connect_over_cdp(address)
        return self.browser

    def kill(self) -> None:
        """End it without any of the events that a page gets when it is closed."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def close(self) -> None:
        """End it and forget its profile."""
        self.kill()
        shutil.rmtree(self._profile, ignore_errors=True)


@contextlib.contextmanager
def open_chromium(*flags: str) -> Iterator[Chromium]:
    """Run a Chromium for the length of a block."""
    with sync_playwright() as playwright:
        chromium = Chromium(playwright, *flags)
        try:
            yield chromium
        finally:
            chromium.close()


def _address(port_file: Path, timeout_seconds: float = 30.0) -> str:
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, IndexError, httpx.HTTPError):
            address = f"http://127.0.0.1:{int(port_file.read_text().splitlines()[0])}"
            httpx.get(f"{address}/json/version", timeout=2)
            return address
        time.sleep(0.05)
    raise AssertionError("Chromium did not start")
