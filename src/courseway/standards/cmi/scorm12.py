"""
The element table of SCORM 1.2: every element with its format, access, default and rules. Data only. [RTE 1.2 3.4]

Formats follow section 3.4.3. Four readings where the book leaves room: an identifier is any printable text without
white space (the book says alphanumeric, authoring tools use punctuation); the response to a choice, fill-in, matching,
performance, likert or sequencing interaction is free text of 255 characters, since the book's examples contradict its
grammar; lesson_status cannot be set back to "not attempted"; and cmi.comments collects what is set, as ADL's own
run-time environment did, except that content which read all of it and sets it again with more does not double it.
"""

from courseway.standards.cmi.elements import Access, Element, Fault, Format, Model, Response
from courseway.standards.cmi.errors import SCORM_12_TEXTS, Scorm12Error

_DECIMAL = r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"

FORMATS: dict[str, Format] = {
    "string255": Format(limit=255, means="a text of at most 255 characters"),
    "string4096": Format(limit=4096, means="a text of at most 4096 characters"),
    "identifier": Format(
        pattern=r"[^\x00-\x20\x7f-\xa0]+",
        limit=255,
        means="an identifier of at most 255 characters without white space",
    ),
    "decimal": Format(pattern=_DECIMAL, means="a decimal number"),
    "score": Format(words=("",), pattern=_DECIMAL, low=0, high=100, means="a decimal number from 0 to 100, or nothing"),
    "time": Format(
        pattern=r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,2})?", means="a time of day, HH:MM:SS.SS"
    ),
    "timespan": Format(pattern=r"[0-9]{2,4}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,2})?", means="a span of time, HHHH:MM:SS.SS"),
    "status": Format(words=("passed", "completed", "failed", "incomplete", "browsed")),
    "objective_status": Format(words=("passed", "completed", "failed", "incomplete", "browsed", "not attempted")),
    "exit": Format(words=("time-out", "suspend", "logout", "")),
    "credit": Format(words=("credit", "no-credit")),
    "entry": Format(words=("ab-initio", "resume", "")),
    "mode": Format(words=("browse", "normal", "review")),
    "audio": Format(pattern=r"-?[0-9]{1,5}", low=-1, high=100, means="a whole number from -1 to 100"),
    "speed": Format(pattern=r"-?[0-9]{1,5}", low=-100, high=100, means="a whole number from -100 to 100"),
    "text": Format(pattern=r"-?[0-9]{1,5}", low=-1, high=1, means="-1, 0 or 1"),
    "interaction_type": Format(
        words=("true-false", "choice", "fill-in", "matching", "performance", "likert", "sequencing", "numeric")
    ),
    "result": Format(
        words=("correct", "wrong", "unanticipated", "neutral"),
        pattern=_DECIMAL,
        means="correct, wrong, unanticipated, neutral or a decimal number",
    ),
    "action": Format(words=("exit,message", "exit,no message", "continue,message", "continue,no message", "")),
}

_TRUE_FALSE = Response(item=r"[01tfTF][\s\S]*", means="a text that begins with 0, 1, t or f")
_NUMERIC = Response(item=_DECIMAL, blank=True, means="a decimal number")
_ANSWERS = {"true-false": _TRUE_FALSE, "numeric": _NUMERIC}
RESPONSES = {"pattern": _ANSWERS, "response": _ANSWERS}

_READ, _WRITE = Access.READ, Access.WRITE

_ELEMENTS = (
    Element("cmi.core.student_id", "identifier", _READ),
    Element("cmi.core.student_name", "string255", _READ),
    Element("cmi.core.lesson_location", "string255", default=""),
    Element("cmi.core.credit", "credit", _READ, default="credit"),
    Element("cmi.core.lesson_status", "status", default="not attempted"),
    Element("cmi.core.entry", "entry", _READ, default=""),
    Element("cmi.core.score.raw", "score", default=""),
    Element("cmi.core.score.min", "score", default=""),
    Element("cmi.core.score.max", "score", default=""),
    Element("cmi.core.total_time", "timespan", _READ, default="0000:00:00.00"),
    Element("cmi.core.lesson_mode", "mode", _READ, default="normal"),
    Element("cmi.core.exit", "exit", _WRITE),
    Element("cmi.core.session_time", "timespan", _WRITE),
    Element("cmi.suspend_data", "string4096", default=""),
    Element("cmi.launch_data", "string4096", _READ, default=""),
    Element("cmi.comments", "string4096", default="", appends=True),
    Element("cmi.comments_from_lms", "string4096", _READ, default=""),
    Element("cmi.objectives.n.id", "identifier", default=""),
    Element("cmi.objectives.n.score.raw", "score", default=""),
    Element("cmi.objectives.n.score.min", "score", default=""),
    Element("cmi.objectives.n.score.max", "score", default=""),
    Element("cmi.objectives.n.status", "objective_status", default="not attempted"),
    Element("cmi.student_data.mastery_score", "decimal", _READ, default=""),
    Element("cmi.student_data.max_time_allowed", "timespan", _READ, default=""),
    Element("cmi.student_data.time_limit_action", "action", _READ, default=""),
    Element("cmi.student_preference.audio", "audio", default=""),
    Element("cmi.student_preference.language", "string255", default=""),
    Element("cmi.student_preference.speed", "speed", default=""),
    Element("cmi.student_preference.text", "text", default=""),
    Element("cmi.interactions.n.id", "identifier", _WRITE),
    Element("cmi.interactions.n.objectives.n.id", "identifier", _WRITE),
    Element("cmi.interactions.n.time", "time", _WRITE),
    Element("cmi.interactions.n.type", "interaction_type", _WRITE),
    Element("cmi.interactions.n.correct_responses.n.pattern", "string255", _WRITE, response="pattern"),
    Element("cmi.interactions.n.weighting", "decimal", _WRITE),
    Element("cmi.interactions.n.student_response", "string255", _WRITE, response="response"),
    Element("cmi.interactions.n.result", "result", _WRITE),
    Element("cmi.interactions.n.latency", "timespan", _WRITE),
)

_CHILDREN = {
    "cmi": "core,suspend_data,launch_data,comments,comments_from_lms,objectives,student_data,student_preference,interactions",
    "cmi.core": "student_id,student_name,lesson_location,credit,lesson_status,entry,score,total_time,lesson_mode,exit,session_time",
    "cmi.core.score": "raw,min,max",
    "cmi.objectives": "id,score,status",
    "cmi.objectives.n.score": "raw,min,max",
    "cmi.student_data": "mastery_score,max_time_allowed,time_limit_action",
    "cmi.student_preference": "audio,language,speed,text",
    "cmi.interactions": "id,objectives,time,type,correct_responses,weighting,student_response,result,latency",
}

_E = Scorm12Error
_CODES = {
    Fault.NONE: _E.NO_ERROR,
    Fault.GENERAL: _E.GENERAL,
    Fault.ARGUMENT: _E.INVALID_ARGUMENT,
    Fault.ALREADY_INITIALIZED: _E.GENERAL,
    Fault.INITIALIZE_AFTER: _E.GENERAL,
    Fault.TERMINATE_BEFORE: _E.NOT_INITIALIZED,
    Fault.TERMINATE_AFTER: _E.NOT_INITIALIZED,
    Fault.GET_BEFORE: _E.NOT_INITIALIZED,
    Fault.GET_AFTER: _E.NOT_INITIALIZED,
    Fault.SET_BEFORE: _E.NOT_INITIALIZED,
    Fault.SET_AFTER: _E.NOT_INITIALIZED,
    Fault.COMMIT_BEFORE: _E.NOT_INITIALIZED,
    Fault.COMMIT_AFTER: _E.NOT_INITIALIZED,
    Fault.GET_FAILED: _E.INVALID_ARGUMENT,
    Fault.SET_FAILED: _E.INVALID_ARGUMENT,
    Fault.NO_CHILDREN: _E.NO_CHILDREN,
    Fault.NO_COUNT: _E.NOT_AN_ARRAY,
    Fault.NO_VERSION: _E.INVALID_ARGUMENT,
    Fault.KEYWORD: _E.KEYWORD,
    Fault.NO_KEYWORD: _E.KEYWORD,
    Fault.GROUP: _E.INVALID_ARGUMENT,
    Fault.UNDEFINED: _E.NOT_IMPLEMENTED,
    Fault.UNSET: _E.NO_ERROR,
    Fault.READ_ONLY: _E.READ_ONLY,
    Fault.WRITE_ONLY: _E.WRITE_ONLY,
    Fault.TYPE: _E.INCORRECT_DATA_TYPE,
    Fault.RANGE: _E.INCORRECT_DATA_TYPE,
    Fault.DEPENDENCY: _E.INVALID_ARGUMENT,
    Fault.FULL: _E.GENERAL,
}

SCORM_12 = Model(
    name="scorm12",
    title="SCORM 1.2",
    version="3.4",
    codes={fault: code.value for fault, code in _CODES.items()},
    texts=SCORM_12_TEXTS,
    formats=FORMATS,
    elements={element.name: element for element in _ELEMENTS},
    children=_CHILDREN,
    collections={
        "cmi.objectives": 1_000,
        "cmi.interactions": 10_000,
        "cmi.interactions.n.objectives": 250,
        "cmi.interactions.n.correct_responses": 250,
    },
    unset_is_blank=True,
    responses=RESPONSES,
    type_element="cmi.interactions.n.type",
)
