"""
The test LMS's server: takes packages in, plays them, keeps what their API calls saved, and misbehaves when told to.

It runs in a thread of the test process on its own port and host name, so that it is another site than the platform.
"""

import io
import json
import threading
import time
import zipfile
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from lxml import etree

API = (Path(__file__).parent / "api.js").read_text()
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Test LMS</title>
<style>html,body{{height:100%;margin:0}}#package{{width:100%;height:92%;border:1px solid #888}}</style></head>
<body><button id="open" {open_hidden}>Open the course</button> <a id="leave" href="/lms/elsewhere">Leave</a>
<script type="application/json" id="lms">{lms}</script><script>{api}</script>{frame}</body></html>"""
START = {
    "scorm12": {"cmi.core.lesson_status": "not attempted", "cmi.core.credit": "credit"},
    "scorm2004": {"cmi.completion_status": "unknown", "cmi.success_status": "unknown", "cmi.credit": "credit"},
}
WORDS = {
    "scorm12": {
        "id": "cmi.core.student_id", "name": "cmi.core.student_name", "mode": "cmi.core.lesson_mode", "entry": "cmi.core.entry",
        "total": "cmi.core.total_time", "session": "cmi.core.session_time", "exit": "cmi.core.exit",
    },
    "scorm2004": {
        "id": "cmi.learner_id", "name": "cmi.learner_name", "mode": "cmi.mode", "entry": "cmi.entry",
        "total": "cmi.total_time", "session": "cmi.session_time", "exit": "cmi.exit",
    },
}  # fmt: skip


@dataclass
class Attempt:
    """What the LMS holds of one learner in one package."""

    package: str
    learner: str
    standard: str
    values: dict[str, str] = field(default_factory=dict)
    total_time_seconds: float = 0.0
    sessions: list[float] = field(default_factory=list)
    saves: list[dict[str, Any]] = field(default_factory=list)

    @property
    def status(self) -> str:
        """The one word of SCORM 1.2, or completion and success of SCORM 2004."""
        if self.standard == "scorm12":
            return self.values.get("cmi.core.lesson_status", "")
        return f"{self.values.get('cmi.completion_status')}/{self.values.get('cmi.success_status')}"

    @property
    def score(self) -> str:
        """The raw score of SCORM 1.2, the scaled one of SCORM 2004."""
        return self.values.get("cmi.core.score.raw" if self.standard == "scorm12" else "cmi.score.scaled", "")

    def count(self, kind: str) -> int:
        """How many saves of a kind arrived."""
        return sum(1 for save in self.saves if save["kind"] == kind)


def seconds_of(text: str) -> float:
    """Read HHHH:MM:SS.SS or PT…H…M…S."""
    if text.startswith("PT"):
        total, number = 0.0, ""
        for character in text[2:]:
            if character in "HMS":
                total += float(number) * {"H": 3600, "M": 60, "S": 1}[character]
                number = ""
            else:
                number += character
        return total
    hours, minutes, seconds = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _headers(options: dict[str, str]) -> dict[str, str]:
    """What some LMSs send with their pages and with packages alike."""
    headers = {}
    if options.get("coop"):
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if options.get("frames"):
        headers["Content-Security-Policy"] = "frame-src 'self'"
    return headers


class LmsServer:
    """The LMS. Pages are at `origin`; what it holds is asked of this object directly."""

    def __init__(self, host: str = "localhost") -> None:
        self.packages: dict[str, dict[str, bytes]] = {}
        self._launch: dict[str, tuple[str, str]] = {}
        self._items: dict[str, list[str]] = {}
        self._attempts: dict[str, Attempt] = {}
        self._refuse_until = 0.0
        self._lock = threading.RLock()
        lms = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                lms._get(self)

            def do_POST(self) -> None:
                lms._post(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.origin = f"http://{host}:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def start(self) -> "LmsServer":
        """Begin to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    # what tests do with it

    def import_package(self, content: bytes, name: str = "course") -> str:
        """Import a package as an administrator would; returns its id here."""
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = {entry: archive.read(entry) for entry in archive.namelist()}
        manifest = etree.fromstring(files["imsmanifest.xml"])
        text = etree.tostring(manifest).decode()
        assert "masteryscore" not in text
        version = manifest.findtext(".//{*}schemaversion") or ""
        href = next(node.get("href") for node in manifest.iter("{*}resource") if node.get("href"))
        package = f"{name}-{len(self.packages) + 1}"
        with self._lock:
            self.packages[package] = files
            self._items[package] = [item.get("parameters", "") for item in manifest.iter("{*}item")]
            self._launch[package] = ("scorm12" if version == "1.2" else "scorm2004", str(href))
        return package

    def attempt(self, package: str, learner: str = "ann") -> Attempt:
        """What the LMS holds; a new attempt when there is none."""
        with self._lock:
            standard = self._launch[package][0]
            return self._attempts.setdefault(
                f"{package}/{learner}", Attempt(package, learner, standard, dict(START[standard]))
            )

    def new_attempt(self, package: str, learner: str = "ann") -> None:
        """Let the learner start anew: nothing is held, the entry is ab-initio."""
        with self._lock:
            self._attempts.pop(f"{package}/{learner}", None)

    def refuse_saves(self, seconds: float) -> None:
        """Answer every save with an error for some time."""
        self._refuse_until = time.monotonic() + seconds

    def page(self, package: str, learner: str = "ann", **options: str) -> str:
        """The address at which a learner plays a package. Options: item (its place), mode, window=1, unload=1, coop=1, frames=self, beacons=1."""
        query = "&".join(f"{name}={quote(value)}" for name, value in options.items())
        return f"{self.origin}/lms/play/{package}/{learner}?{query}"

    # requests

    def _get(self, request: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(request.path)
        path = unquote(parts.path).strip("/").split("/")
        options = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if path[:2] == ["lms", "play"]:
            self._play(request, path[2], path[3], options)
        elif path[0] == "content" and "/".join(path[2:]) in self.packages.get(path[1], {}):
            name = "/".join(path[2:])
            self._send(
                request, 200, self.packages[path[1]][name], guess_type(name)[0] or "text/plain", _headers(options)
            )
        elif path[0] == "lms":
            self._send(request, 200, b"<!doctype html><title>Elsewhere</title><p>Elsewhere</p>", "text/html", {})
        else:
            self._send(request, 404, b"", "text/plain", {})

    def _play(self, request: BaseHTTPRequestHandler, package: str, learner: str, options: dict[str, str]) -> None:
        attempt = self.attempt(package, learner)
        words = WORDS[attempt.standard]
        headers = f"coop={options.get('coop', '')}&frames={options.get('frames', '')}"
        parameters = self._items[package][int(options.get("item", 0))]
        launch = f"/content/{package}/{self._launch[package][1]}{parameters}{'&' if parameters else '?'}{headers}"
        started = any(save["kind"] == "initialize" for save in attempt.saves)
        suspended = attempt.values.get(words["exit"]) == "suspend"
        known = {
            words["id"]: learner,
            words["name"]: f"{learner.title()}, Test",
            words["mode"]: options.get("mode", "normal"),
            words["entry"]: "resume" if suspended else ("" if started else "ab-initio"),
            words["total"]: str(attempt.total_time_seconds),
        }
        written = {
            name: value for name, value in attempt.values.items() if name not in {words["session"], words["exit"]}
        }
        lms = {
            "standard": attempt.standard, "attempt": f"{package}/{learner}", "values": {**written, **known}, "launch": launch,
            "unload": bool(options.get("unload")), "beacons": bool(options.get("beacons")),
        }  # fmt: skip
        frame = "" if options.get("window") else f'<iframe id="package" name="package" src="{escape(launch)}"></iframe>'
        text = json.dumps(lms).replace("<", "\\u003c")
        body = PAGE.format(lms=text, api=API, frame=frame, open_hidden="" if options.get("window") else "hidden")
        self._send(
            request, 200, body.encode(), "text/html; charset=utf-8", {"Cache-Control": "no-cache", **_headers(options)}
        )

    def _post(self, request: BaseHTTPRequestHandler) -> None:
        body = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
        if time.monotonic() < self._refuse_until:
            self._send(request, 503, b"", "text/plain", {})
            return
        with self._lock:
            attempt = self._attempts[body["attempt"]]
            attempt.saves.append({**body, "at": time.monotonic()})
            attempt.values.update(body.get("values", {}))
            session = None
            if body["kind"] in {"initialize", "finish"}:
                # A session that never finished counts nothing, as in Moodle.
                session = attempt.values.pop(WORDS[attempt.standard]["session"], None)
            if session is not None and body["kind"] == "finish":
                attempt.sessions.append(seconds_of(session))
                attempt.total_time_seconds += attempt.sessions[-1]
        self._send(request, 200, b"ok", "text/plain", {})

    def _send(
        self, request: BaseHTTPRequestHandler, status: int, body: bytes, kind: str, headers: dict[str, str]
    ) -> None:
        try:
            request.send_response(status)
            request.send_header("Content-Type", kind)
            request.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                request.send_header(name, value)
            request.end_headers()
            request.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the browser was killed, as some tests want
