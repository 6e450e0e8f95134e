"""
The data models of SCORM 1.2 and SCORM 2004: element tables, the engine that obeys them, applying a commit to a stored
state, and what a state amounts to. Pure.

Not here: sequencing, xAPI statements, and where any of it is stored.
"""

from courseway.standards.cmi.commit import Applied, Rejected, apply_commit, model_of
from courseway.standards.cmi.diagnosing import explain_error
from courseway.standards.cmi.launch_values import (
    LaunchObjective,
    Learner,
    delivered_values,
    entry_of,
    initial_values,
    shared_stores,
)
from courseway.standards.cmi.runtime import RuntimeApi, SessionState
from courseway.standards.cmi.scorm12 import SCORM_12
from courseway.standards.cmi.scorm2004 import SCORM_2004
from courseway.standards.cmi.summary import (
    ActivitySummary,
    ObjectiveSummary,
    Score,
    SessionEnd,
    end_session,
    summarize,
)
from courseway.standards.cmi.times import parse_duration, parse_timespan, render_duration, render_timespan

__all__ = [
    "SCORM_12",
    "SCORM_2004",
    "ActivitySummary",
    "Applied",
    "LaunchObjective",
    "Learner",
    "ObjectiveSummary",
    "Rejected",
    "RuntimeApi",
    "Score",
    "SessionEnd",
    "SessionState",
    "apply_commit",
    "delivered_values",
    "end_session",
    "entry_of",
    "explain_error",
    "initial_values",
    "model_of",
    "parse_duration",
    "parse_timespan",
    "render_duration",
    "render_timespan",
    "shared_stores",
    "summarize",
]
