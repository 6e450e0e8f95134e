"""The courses room on the web: the API under /api, and the delivery of files on the content origin."""

from courseway.courses.http.api import ROUTES
from courseway.courses.http.delivery import hot_routes

__all__ = ["ROUTES", "hot_routes"]
