"""Read-only views across rooms: what the overview shows, what needs attention, completion, search over everything."""

from courseway.reports.model import (
    Attention,
    AttentionKind,
    CourseCompletion,
    CourseCompletionSort,
    DayTotals,
    DestinationCompletion,
    Event,
    Figures,
    Hit,
    LearnerRow,
    LearnerSort,
    ListQuery,
    Overview,
)
from courseway.reports.service import Service

__all__ = [
    "Attention",
    "AttentionKind",
    "CourseCompletion",
    "CourseCompletionSort",
    "DayTotals",
    "DestinationCompletion",
    "Event",
    "Figures",
    "Hit",
    "LearnerRow",
    "LearnerSort",
    "ListQuery",
    "Overview",
    "Service",
]
