"""One method a user action, in parts: destinations, dispatches, packages, launches, results."""

from courseway.dispatch.service.destinations import Destinations
from courseway.dispatch.service.dispatches import Dispatches
from courseway.dispatch.service.launching import Launching
from courseway.dispatch.service.packages import Package, Packages
from courseway.dispatch.service.results import Results


class Service(Destinations, Dispatches, Packages, Launching, Results):
    """Everything people and shells do with dispatches."""


__all__ = ["Package", "Service"]
