"""The web edge of the tenants room: who is calling, and the room's own routes."""

from courseway.tenants.http.edge import (
    check_origin,
    client_address,
    ended_cookie,
    make_identify,
    make_refusal_handler,
    provide_caller,
    refusal_task,
    session_cookie,
)
from courseway.tenants.http.routes import ROUTES

__all__ = [
    "ROUTES",
    "check_origin",
    "client_address",
    "ended_cookie",
    "make_identify",
    "make_refusal_handler",
    "provide_caller",
    "refusal_task",
    "session_cookie",
]
