"""How the console says no: pages for people, a step to the sign-in for strangers, problem documents for its own script."""

import uuid
from http import HTTPStatus
from typing import Any

import structlog
from litestar import MediaType, Response, get
from litestar.exceptions import HTTPException, NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from courseway.console.frame import AnyRequest, read_theme, render, sign_in_address
from courseway.errors import Kind, NotFound, Refusal
from courseway.kit.web import STATUS, http_exception_response, refusal_response
from courseway.tenants import Service as Tenants
from courseway.tenants import refusal_task

log = structlog.get_logger(__name__)
MACHINE_PATHS = ("/api", "/xapi", "/static", "/play", "/dispatch/")


def exception_handlers(tenants: Tenants) -> dict[Any, Any]:
    """Return the handlers of what goes wrong on the console's routes."""

    def refuse(request: AnyRequest, refusal: Refusal) -> Response[Any]:
        answer = _answer_refusal(request, refusal)
        answer.background = refusal_task(request, refusal, tenants)
        return answer

    return {Refusal: refuse, HTTPException: _answer_framework, Exception: _answer_defect}


def _answer_refusal(request: AnyRequest, refusal: Refusal) -> Response[Any]:
    if _wants_data(request):
        return refusal_response(request, refusal)
    if refusal.kind is Kind.UNAUTHENTICATED:
        return _send_to_sign_in(request)
    return refused_page(request, STATUS[refusal.kind], refusal.title, refusal.detail)


def _answer_framework(request: AnyRequest, error: HTTPException) -> Response[Any]:
    if _wants_data(request):
        return http_exception_response(request, error)
    if error.status_code in {400, 404}:
        return refused_page(request, 404, "Not found", "Nothing is here under this address, or it is not yours.")
    return refused_page(request, error.status_code, HTTPStatus(error.status_code).phrase, str(error.detail))


def answer_unrouted(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """Answer what no route took, an id of the wrong shape above all: a page for browsers, a problem for programs."""
    if _wants_data(request) or "text/html" not in request.headers.get("accept", ""):
        return http_exception_response(request, error)
    if error.status_code == 405 and request.method in {"GET", "HEAD"}:
        return _answer_framework(request, NotFoundException())
    return _answer_framework(request, error)


def _answer_defect(request: AnyRequest, error: Exception) -> Response[Any]:
    reference = uuid.uuid4().hex[:12]
    log.exception("unexpected", path=request.scope.get("path"), reference=reference, exc_info=error)
    sentence = "This is our fault, and it is written down. Try again in a moment."
    return refused_page(request, 500, "Something went wrong", sentence, reference)


def refused_page(request: AnyRequest, status: int, title: str, detail: str, reference: str = "") -> Response[Any]:
    """Answer with a page that says what was refused; htmx gets it as a whole page too."""
    context = {"title": title, "detail": detail, "status": status, "reference": reference, "theme": read_theme(request)}
    return render("refused.html", context, status=status)


def _send_to_sign_in(request: AnyRequest) -> Response[Any]:
    if request.headers.get("hx-request"):
        return Response("", status_code=200, media_type=MediaType.HTML, headers={"HX-Redirect": "/sign-in"})
    return Redirect(sign_in_address(request), status_code=303, headers={"Cache-Control": "no-store"})


def _wants_data(request: AnyRequest) -> bool:
    path = str(request.scope["path"])
    return path.startswith(MACHINE_PATHS) or (path == "/courses/uploads" and request.method == "POST")


@get("/{rest:path}")
async def nothing_here(rest: FromPath[str]) -> None:
    """Answer every address nobody else answers."""
    raise NotFound


ROUTES = [nothing_here]
