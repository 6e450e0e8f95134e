"""One method a user action; a first parameter `tx` means inside the caller's unit of work."""

from courseway.courses.service.parts import UploadRules
from courseway.courses.service.reading import Reading


class Service(Reading):
    """The courses room, whole."""


__all__ = ["Service", "UploadRules"]
