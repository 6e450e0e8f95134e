"""
A Chromium of our own, attached to by its debugging port.

Playwright's own launch switches off storage partitioning and popup blocking, which is what these tests are about. And a
browser that we started can be killed.
"""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, Playwright

START_SECONDS = 30.0


class Chromium:
    """One browser process with a profile that survives it."""

    def __init__(self, playwright: Playwright, *, block_third_party_cookies: bool) -> None:
        self._playwright = playwright
        self._profile = Path(tempfile.mkdtemp(prefix="courseway-chromium-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._browser: Browser | None = None
        default = self._profile / "Default"
        default.mkdir()
        mode = 1 if block_third_party_cookies else 0
        preferences = {
            "profile": {"cookie_controls_mode": mode, "block_third_party_cookies": block_third_party_cookies}
        }
        (default / "Preferences").write_text(json.dumps(preferences))

    async def start(self) -> "Chromium":
        """Start the process and attach to it."""
        port_file = self._profile / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        command = [
            "chromium", "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={self._profile}", "--no-sandbox",
            "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio", "--window-size=1200,900", "about:blank",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        for _ in range(int(START_SECONDS / 0.05)):
            if port_file.exists() and port_file.read_text().count("\n"):
                break
            await asyncio.sleep(0.05)
        port = port_file.read_text().splitlines()[0]
        self._browser = await self._playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        return self

    @property
    def context(self) -> BrowserContext:
        """The browser's own context: its profile, with nothing switched off."""
        assert self._browser is not None
        return self._browser.contexts[0]

    async def open(self, url: str) -> Page:
        """Open an address in a new tab."""
        page = await self.context.new_page()
        await page.goto(url)
        return page

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
        for name in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
            (self._profile / name).unlink(missing_ok=True)

    async def stop(self) -> None:
        """Close the browser and throw its profile away."""
        if self._process is not None:
            self.kill()
        shutil.rmtree(self._profile, ignore_errors=True)
