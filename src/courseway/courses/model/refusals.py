"""What the courses room says no to."""

from courseway.errors import Conflict, Kind, NotFound, Refusal


class CourseMissing(NotFound):
    """This course does not exist, was deleted, or is not yours."""

    code, title = "course.not_found", "No such course"


class VersionMissing(NotFound):
    """This version does not exist, or is not yours."""

    code, title = "course.version_not_found", "No such version"


class UploadMissing(NotFound):
    """This upload does not exist, or is not yours."""

    code, title = "upload.not_found", "No such upload"


class UploadOver(Conflict):
    """This upload has ended already and cannot be cancelled."""

    code, title = "upload.over", "The upload has ended"


class PackageTooLarge(Refusal):
    """The package is larger than may be uploaded."""

    kind, code, title = Kind.TOO_LARGE, "upload.too_large", "The package is too large"


class UploadCancelled(Conflict):
    """This upload was cancelled while it arrived."""

    code, title = "upload.cancelled", "The upload was cancelled"


class UploadCutOff(Refusal):
    """The upload stopped before its end; send it again."""

    code, title = "upload.cut_off", "The upload is not complete"
