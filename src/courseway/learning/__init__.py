"""Registrations, launches and what learners reach in them: the face of the learning room."""

from courseway.learning.model import (
    ActivityView,
    CallView,
    Completion,
    LaunchRecord,
    LearnerIdentity,
    LinkOptions,
    Mode,
    NavigationRecord,
    OrganizationUnknown,
    PlayerSettings,
    Registration,
    RegistrationDetail,
    RegistrationNotFound,
    RegistrationQuery,
    Score,
    Success,
    Summary,
)
from courseway.learning.service import Service

__all__ = [
    "ActivityView",
    "CallView",
    "Completion",
    "LaunchRecord",
    "LearnerIdentity",
    "LinkOptions",
    "Mode",
    "NavigationRecord",
    "OrganizationUnknown",
    "PlayerSettings",
    "Registration",
    "RegistrationDetail",
    "RegistrationNotFound",
    "RegistrationQuery",
    "Score",
    "Service",
    "Success",
    "Summary",
]
