"""What the dispatch room says no to, with a sentence for the learner or the operator."""

from courseway.errors import Conflict, Forbidden, Kind, NotFound, Refusal, Unauthenticated


class DestinationMissing(NotFound):
    """This destination does not exist, was deleted, or is not yours."""

    code, title = "dispatch.destination_not_found", "No such destination"


class DispatchMissing(NotFound):
    """This dispatch does not exist, was deleted, or is not yours."""

    code, title = "dispatch.not_found", "No such dispatch"


class DestinationInUse(Conflict):
    """This destination still has dispatches. Delete those first."""

    code, title = "dispatch.destination_in_use", "The destination has dispatches"


class NothingToPackage(Conflict):
    """This destination has no dispatches to put into a package."""

    code, title = "dispatch.nothing_to_package", "No dispatches"


class KeyRefused(Unauthenticated):
    """This package is not valid any more. Ask whoever runs your learning platform for a new one."""

    code, title = "dispatch.key_invalid", "The package is not valid"


class LaunchRefused(Refusal):
    """This course cannot be opened."""

    kind, code, title = Kind.CONFLICT, "dispatch.refused", "The course cannot be opened"


class Disabled(LaunchRefused):
    """This course is paused at the moment. Try again later, or ask whoever runs your learning platform."""

    code, title = "dispatch.disabled", "Paused"


class Expired(LaunchRefused):
    """The time in which this course could be opened is over. Ask whoever runs your learning platform."""

    code, title = "dispatch.expired", "Expired"


class ClosedToNew(LaunchRefused):
    """This course takes no new learners at the moment. Ask whoever runs your learning platform."""

    code, title = "dispatch.closed_to_new", "No new learners"


class LimitReached(LaunchRefused):
    """All seats of this course are taken. Ask whoever runs your learning platform."""

    code, title = "dispatch.limit_reached", "All seats are taken"


class NothingToReview(LaunchRefused):
    """There is nothing to look back at: you have not opened this course yet."""

    code, title = "dispatch.nothing_to_review", "Nothing to review"


class LearnerUnknown(LaunchRefused):
    """Your learning platform did not say who you are. Sign in there and open the course again."""

    kind, code, title = Kind.INVALID, "dispatch.learner_unknown", "Who you are is not known"


class OriginRefused(Forbidden):
    """This course may not be opened from this address. Ask whoever runs your learning platform."""

    code, title = "dispatch.origin", "Not from here"
