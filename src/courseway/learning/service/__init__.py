"""The learning room, whole: registrations for people and the rooms above, launches for the player."""

from courseway.learning.service.launches import Launches
from courseway.learning.service.registrations import Registrations
from courseway.learning.service.starting import Starting


class Service(Registrations, Launches, Starting):
    """One method a user action; a first parameter `tx` means inside the caller's unit of work."""


__all__ = ["Service"]
