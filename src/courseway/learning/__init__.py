"""Registrations, launches and what learners reach in them: the face of the learning room."""

from courseway.learning.model import (
    Completion,
    LearnerIdentity,
    LinkOptions,
    Mode,
    PlayerSettings,
    Registration,
    RegistrationQuery,
    Score,
    Success,
    Summary,
)
from courseway.learning.service import Service

__all__ = [
    "Completion",
    "LearnerIdentity",
    "LinkOptions",
    "Mode",
    "PlayerSettings",
    "Registration",
    "RegistrationQuery",
    "Score",
    "Service",
    "Success",
    "Summary",
]
