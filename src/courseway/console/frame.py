"""
What is around every page: who looks at it, in which tenant, and how a template becomes an answer.

What does not live here: any page's own content.
"""

import base64
import binascii
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, urlsplit

import jinja2
import msgspec
from litestar import MediaType, Request, Response
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.response import Redirect

from courseway import __version__
from courseway.console import formats
from courseway.console.lms import lms_state, say_refusal
from courseway.courses import Service as Courses
from courseway.tenants import Caller, Scope, Tenant
from courseway.tenants import Service as Tenants

AnyRequest = Request[Any, Any, Any]
HERE = Path(__file__).parent
STATIC_FOLDER = HERE.parent / "_frontend" / "console"
THEME_COOKIE = "courseway_theme"
NOTE_COOKIE = "courseway_note"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Cookie, HX-Request",
}
NAVIGATION = (
    ("overview", "Overview", "/", "layout-dashboard"),
    ("courses", "Courses", "/courses", "books"),
    ("destinations", "Destinations", "/destinations", "building"),
    ("dispatches", "Dispatches", "/dispatches", "send"),
    ("learners", "Learners", "/learners", "users"),
    ("statements", "Statements", "/statements", "message-circle"),
    ("reports", "Reports", "/reports", "chart-bar"),
    ("activity", "Activity", "/activity", "history"),
    ("settings", "Settings", "/settings", "settings"),
)


class Note(msgspec.Struct, frozen=True):
    """What was just done, shown once on the next page; `undo` is the address that takes it back."""

    text: str
    undo: str = ""
    tone: str = "good"


@functools.cache
def environment() -> jinja2.Environment:
    """Return the templates, compiled once a process."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
    )
    made.filters.update(formats.FILTERS)
    made.globals.update(formats.FUNCTIONS)
    made.globals.update(lms_state=lms_state, say_refusal=say_refusal)
    made.globals.update(asset=asset, navigation=NAVIGATION, version=__version__, Scope=Scope)
    return made


@functools.cache
def _manifest() -> dict[str, Any]:
    path = STATIC_FOLDER / "manifest.json"
    return cast("dict[str, Any]", msgspec.json.decode(path.read_bytes())) if path.exists() else {}


def asset(name: str, kind: str = "file") -> str:
    """Return the address of a built file by its name in the source: `main.ts`, `icons.svg`; `kind` css for its style."""
    entry = _manifest().get(name, {})
    found = entry.get("css", [""])[0] if kind == "css" else entry.get("file", "")
    return f"/static/{found}" if found else ""


def read_note(request: AnyRequest) -> Note | None:
    """Read the note that the previous answer left; None when there is none or it was tampered with."""
    text = request.cookies.get(NOTE_COOKIE)
    if not text:
        return None
    try:
        note = msgspec.json.decode(base64.urlsafe_b64decode(text), type=Note)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        return None
    return note if not note.undo or is_own_path(note.undo) else None


def is_own_path(path: str) -> bool:
    """Tell whether an address stays on this console."""
    parts = urlsplit(path)
    return path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc


def render(
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    cookies: list[Cookie] | None = None,
    goes_to: str = "",
) -> Response[str]:
    """
    Render a template into an answer with the console's security headers.

    `goes_to` is another origin that a form's answer may send the browser to: the player's.
    """
    body = environment().get_template(template).render(context)
    headers = {**HEADERS, "Content-Security-Policy": f"{POLICY} {goes_to}".rstrip()}
    return Response(body, status_code=status, media_type=MediaType.HTML, headers=headers, cookies=cookies or [])


@dataclass(frozen=True)
class Frame:
    """The page around a page, of one request."""

    request: AnyRequest
    caller: Caller
    tenant: Tenant
    content_origin: str
    console_url: str
    note: Note | None = None

    @property
    def path(self) -> str:
        """Return the path of this request."""
        return str(self.request.scope["path"])

    def back_to(self, path: str) -> str:
        """Return the whole address of a page, for the player to come back to."""
        return self.console_url.rstrip("/") + path

    @property
    def wants_fragment(self) -> bool:
        """Tell whether htmx asks for a part of the page only."""
        return (
            self.request.headers.get("hx-request") == "true"
            and "hx-history-restore-request" not in self.request.headers
        )

    def page(self, template: str, *, here: str, title: str, status: int = 200, **context: Any) -> Response[str]:
        """Answer with a whole page; `here` is the entry of the sidebar it belongs to."""
        cookies = [Cookie(key=NOTE_COOKIE, value="", max_age=0, path="/")] if self.note else []
        whole = {**self._context(), "here": here, "title": title, **context}
        return render(template, whole, status=status, cookies=cookies, goes_to=self.content_origin)

    def fragment(self, template: str, **context: Any) -> Response[str]:
        """Answer with a part of a page, for htmx."""
        return render(template, {**self._context(), **context})

    def go(self, path: str, note: str = "", *, undo: str = "", tone: str = "good") -> Redirect:
        """Send the browser on after something was done, with a note about it."""
        cookies = []
        if note:
            text = base64.urlsafe_b64encode(msgspec.json.encode(Note(note, undo, tone))).decode()
            cookies = [Cookie(key=NOTE_COOKIE, value=text, max_age=60, path="/", httponly=True, samesite="lax")]
        return Redirect(path, status_code=303, cookies=cookies, headers={"Cache-Control": "no-store"})

    def _context(self) -> dict[str, Any]:
        return {
            "frame": self,
            "caller": self.caller,
            "tenant": self.tenant,
            "note": self.note,
            "theme": read_theme(self.request),
            "request_path": self.path,
        }


def read_theme(request: AnyRequest) -> str:
    """Return the remembered colour scheme: light, dark, or auto."""
    chosen = request.cookies.get(THEME_COOKIE, "auto")
    return chosen if chosen in {"light", "dark"} else "auto"


async def provide_frame(
    request: AnyRequest,
    caller: NamedDependency[Caller],
    tenants: NamedDependency[Tenants],
    courses: NamedDependency[Courses],
) -> Frame:
    """Return the frame of this request's page."""
    tenant = await tenants.current_tenant(caller)
    return Frame(
        request, caller, tenant, courses.content_origin(caller.tenant_id), tenants.console_url, read_note(request)
    )


def sign_in_address(request: AnyRequest) -> str:
    """Return where to sign in, with the way back."""
    path = str(request.scope["path"])
    if request.scope["query_string"]:
        path += "?" + request.scope["query_string"].decode("latin-1")
    return "/sign-in" if request.method != "GET" or path == "/" else f"/sign-in?next={quote(path, safe='/')}"
