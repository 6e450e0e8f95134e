"""The console's routes, by subject. Parse, call services, render; nothing is decided here that a room decides."""

from litestar import Router
from litestar.di import Provide

from courseway.console.frame import provide_frame
from courseway.console.http import (
    account,
    activity,
    api_docs,
    courses,
    destinations,
    dispatches,
    edge,
    learners,
    new_dispatch,
    overview,
    registering,
    registrations,
    reports,
    search,
    settings,
    statements,
    uploads,
)
from courseway.console.http.edge import answer_unrouted
from courseway.tenants import Service as Tenants

PAGES = (
    account,
    activity,
    api_docs,
    courses,
    destinations,
    dispatches,
    learners,
    new_dispatch,
    overview,
    registering,
    registrations,
    reports,
    search,
    settings,
    statements,
    uploads,
)


def router(tenants: Tenants) -> Router:
    """Return every page of the console, with its own way of saying no: a page, or a step to the sign-in."""
    handlers = [handler for module in PAGES for handler in module.ROUTES]
    return Router(
        "/",
        route_handlers=[*handlers, *edge.ROUTES],
        dependencies={"frame": Provide(provide_frame)},
        exception_handlers=edge.exception_handlers(tenants),
        include_in_schema=False,
    )


__all__ = ["answer_unrouted", "router"]
