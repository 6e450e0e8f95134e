"""One method a user action; a first parameter `tx` means inside the caller's unit of work."""

from courseway.courses.service.changing import Changing
from courseway.courses.service.delivery import Delivering
from courseway.courses.service.importing import Importing
from courseway.courses.service.parts import UploadRules
from courseway.courses.service.reading import Reading
from courseway.courses.service.sweeping import Sweeping
from courseway.courses.service.uploads import Uploading


class Service(Reading, Changing, Uploading, Importing, Sweeping, Delivering):
    """The courses room, whole."""


__all__ = ["Service", "UploadRules"]
