"""The learning room on the web: REST under /api, the player's page, and the player's own plain ASGI endpoints."""

from courseway.learning.http.api import ROUTES
from courseway.learning.http.page import CONTENT_ROUTES
from courseway.learning.http.player import PlayerEndpoints, hot_routes

__all__ = ["CONTENT_ROUTES", "ROUTES", "PlayerEndpoints", "hot_routes"]
