"""The web edge of the dispatch room: operators' routes under /api, and what packages call under /dispatch."""

from courseway.dispatch.http.operators import ROUTES
from courseway.dispatch.http.shells import CONTENT_ROUTES

__all__ = ["CONTENT_ROUTES", "ROUTES"]
