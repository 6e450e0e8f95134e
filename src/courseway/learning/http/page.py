"""The player's page on the content origin, and where it goes when a course is left. No cookie is read or set."""

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from courseway.learning.model import LinkInvalid
from courseway.learning.service import Service

GOODBYE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>You can close this window</title>
<style>
body{font:16px/1.5 system-ui,sans-serif;display:grid;place-content:center;min-height:100vh;margin:0;padding:1rem;
text-align:center;background:Canvas;color:CanvasText}
h1{font-size:1.25rem;margin:0 0 .25rem}p{margin:0;opacity:.75}
</style></head>
<body><main><h1>You have left the course</h1><p>Everything is saved. You can close this window.</p></main></body></html>
"""
NOT_BUILT = (
    "<!doctype html><title>Player</title><p>The player has not been built yet: run <code>make frontend</code>.</p>"
)


def content_policy(frame_ancestors: tuple[str, ...]) -> str:
    """Return the page's Content-Security-Policy; besides its own origin, only these may frame it."""
    ancestors = "*" if "*" in frame_ancestors else " ".join(["'self'", *frame_ancestors])
    return (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; frame-src * blob: data:; object-src 'none'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {ancestors}"
    )


@get("/play/goodbye", include_in_schema=False)
async def goodbye() -> Response[str]:
    """Say that everything is saved."""
    # It is shown inside whatever framed the player; there is nothing on it to be clicked.
    return _page(GOODBYE, "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'", 200)


@get("/play/{link:str}", include_in_schema=False)
async def player(link: FromPath[str], learning: NamedDependency[Service]) -> Response[str]:
    """Serve the player; whether the link can still be opened is said when it starts."""
    try:
        ancestors, status = learning.read_link(link).frame_ancestors, 200
    except LinkInvalid:
        ancestors, status = (), 401
    return _page(learning.player_page() or NOT_BUILT, content_policy(ancestors), status)


def _page(html: str, policy: str, status: int) -> Response[str]:
    headers = {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=headers)


CONTENT_ROUTES: list[ControllerRouterHandler] = [goodbye, player]
