"""The page at /api/docs: the API's description, to read and to try. Its script and style are served from here, not from elsewhere."""

from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.serialization import encode_json

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Courseway API</title>
    <link rel="stylesheet" href="/api/docs-assets/swagger-ui.css">
    <script src="/api/docs-assets/swagger-ui-bundle.js" defer></script>
    <script src="/api/docs-assets/init.js" defer></script>
  </head>
  <body>
    <main id="api"><p>The API's description as JSON is at <a href="/api/openapi.json">/api/openapi.json</a>.</p></main>
  </body>
</html>
"""


@get("/api/docs", include_in_schema=False)
async def api_docs() -> Response[str]:
    """Show the API."""
    return Response(PAGE, media_type=MediaType.HTML, headers={"Content-Security-Policy": POLICY})


@get("/api/openapi.json", include_in_schema=False)
async def api_description(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Describe the API for programs (OpenAPI 3.1)."""
    return Response(encode_json(request.app.openapi_schema.to_schema()), media_type=MediaType.JSON)


ROUTES = (api_docs, api_description)
