"""
xAPI as pure values: statements, and what SCORM run-time data becomes as statements.

Here: the SCORM profile's statements (`scorm`), interactions (`interactions`), reading what a statement is filed under
(`filing`). Storing, asking and HTTP are the lrs room's.
"""

from courseway.standards.xapi.filing import Filed, agent_digest, file_statement, parse_agent
from courseway.standards.xapi.interactions import Interaction, read_interaction
from courseway.standards.xapi.scorm import Change, Place, Score, Statement, count_statements, statements_for

__all__ = [
    "Change",
    "Filed",
    "Interaction",
    "Place",
    "Score",
    "Statement",
    "agent_digest",
    "count_statements",
    "file_statement",
    "parse_agent",
    "read_interaction",
    "statements_for",
]
