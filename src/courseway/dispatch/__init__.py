"""Destinations, dispatches, seats, packages, launches from customers' LMSs and what those took: the face of the dispatch room."""

from courseway.dispatch.model.changes import (
    DestinationChanges,
    DestinationQuery,
    DispatchChanges,
    DispatchQuery,
    DispatchUserQuery,
    NewDestination,
    NewDispatch,
)
from courseway.dispatch.model.refusals import DestinationMissing, DispatchMissing, LaunchRefused
from courseway.dispatch.model.values import (
    CourseChange,
    Destination,
    Dispatch,
    DispatchOptions,
    DispatchUser,
    Messages,
    ReceiptEntry,
    SelfTest,
    Usage,
    UsageDay,
    VersionPolicy,
)
from courseway.dispatch.service import Package, Service
from courseway.standards.shells import PackageFormat, Window

__all__ = [
    "CourseChange",
    "Destination",
    "DestinationChanges",
    "DestinationMissing",
    "DestinationQuery",
    "Dispatch",
    "DispatchChanges",
    "DispatchMissing",
    "DispatchOptions",
    "DispatchQuery",
    "DispatchUser",
    "DispatchUserQuery",
    "LaunchRefused",
    "Messages",
    "NewDestination",
    "NewDispatch",
    "Package",
    "PackageFormat",
    "ReceiptEntry",
    "SelfTest",
    "Service",
    "Usage",
    "UsageDay",
    "VersionPolicy",
    "Window",
]
