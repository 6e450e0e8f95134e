"""
The element table of SCORM 2004 (4th edition, which contains the 2nd and 3rd): every element with its format, access,
default and rules, and the navigation and shared-data models beside it. Data only. [RTE 4.2, SN 5.6, RTE 4.3]

`adl.data.n._access` never reaches content: it holds which of "r" and "w" the activity was granted on a shared store.
"""

from courseway.standards.cmi.elements import Access, Derived, Element, Fault, Model
from courseway.standards.cmi.errors import SCORM_2004_TEXTS, Scorm2004Error
from courseway.standards.cmi.formats2004 import ANSWERS, FORMATS, PATTERNS

_READ, _WRITE = Access.READ, Access.WRITE

_OBJECTIVE_ID = ("cmi.objectives.n.id",)
_INTERACTION_ID = ("cmi.interactions.n.id",)
_INTERACTION_TYPE = ("cmi.interactions.n.id", "cmi.interactions.n.type")
_PATTERN = "cmi.interactions.n.correct_responses.n.pattern"

_COMPLETION = Derived("cmi.completion_threshold", "cmi.progress_measure", "completed", "incomplete")
_SUCCESS = Derived("cmi.scaled_passing_score", "cmi.score.scaled", "passed", "failed")

_SCO = (
    Element("cmi.comments_from_learner.n.comment", "localized4000"),
    Element("cmi.comments_from_learner.n.location", "text250"),
    Element("cmi.comments_from_learner.n.timestamp", "timestamp"),
    Element("cmi.comments_from_lms.n.comment", "localized4000", _READ),
    Element("cmi.comments_from_lms.n.location", "text250", _READ),
    Element("cmi.comments_from_lms.n.timestamp", "timestamp", _READ),
    Element("cmi.completion_status", "completion", default="unknown", derived=_COMPLETION),
    Element("cmi.completion_threshold", "measure", _READ),
    Element("cmi.credit", "credit", _READ, default="credit"),
    Element("cmi.entry", "entry", _READ, default=""),
    Element("cmi.exit", "exit", _WRITE),
    Element("cmi.launch_data", "text4000", _READ),
    Element("cmi.learner_id", "identifier", _READ),
    Element("cmi.learner_name", "localized250", _READ),
    Element("cmi.learner_preference.audio_level", "positive", default="1"),
    Element("cmi.learner_preference.language", "language", default=""),
    Element("cmi.learner_preference.delivery_speed", "positive", default="1"),
    Element("cmi.learner_preference.audio_captioning", "captioning", default="0"),
    Element("cmi.location", "text1000"),
    Element("cmi.max_time_allowed", "duration", _READ),
    Element("cmi.mode", "mode", _READ, default="normal"),
    Element("cmi.progress_measure", "measure"),
    Element("cmi.scaled_passing_score", "scaled", _READ),
    Element("cmi.score.scaled", "scaled"),
    Element("cmi.score.raw", "real"),
    Element("cmi.score.min", "real"),
    Element("cmi.score.max", "real"),
    Element("cmi.session_time", "duration", _WRITE),
    Element("cmi.success_status", "success", default="unknown", derived=_SUCCESS),
    Element("cmi.suspend_data", "text64000"),
    Element("cmi.time_limit_action", "action", _READ, default="continue,no message"),
    Element("cmi.total_time", "duration", _READ, default="PT0S"),
)

_OBJECTIVES = (
    Element("cmi.objectives.n.id", "identifier", once=True, unique=True),
    Element("cmi.objectives.n.score.scaled", "scaled", needs=_OBJECTIVE_ID),
    Element("cmi.objectives.n.score.raw", "real", needs=_OBJECTIVE_ID),
    Element("cmi.objectives.n.score.min", "real", needs=_OBJECTIVE_ID),
    Element("cmi.objectives.n.score.max", "real", needs=_OBJECTIVE_ID),
    Element("cmi.objectives.n.success_status", "success", default="unknown", needs=_OBJECTIVE_ID),
    Element("cmi.objectives.n.completion_status", "completion", default="unknown", needs=_OBJECTIVE_ID),
    Element("cmi.objectives.n.progress_measure", "measure", needs=_OBJECTIVE_ID),
    Element("cmi.objectives.n.description", "localized250", needs=_OBJECTIVE_ID),
)

_INTERACTIONS = (
    Element("cmi.interactions.n.id", "identifier"),
    Element("cmi.interactions.n.type", "interaction_type", needs=_INTERACTION_ID),
    Element("cmi.interactions.n.objectives.n.id", "identifier", unique=True, needs=_INTERACTION_ID),
    Element("cmi.interactions.n.timestamp", "timestamp", needs=_INTERACTION_ID),
    Element(_PATTERN, "any", needs=_INTERACTION_TYPE, response="pattern"),
    Element("cmi.interactions.n.weighting", "real", needs=_INTERACTION_ID),
    Element("cmi.interactions.n.learner_response", "any", needs=_INTERACTION_TYPE, response="response"),
    Element("cmi.interactions.n.result", "result", needs=_INTERACTION_ID),
    Element("cmi.interactions.n.latency", "duration", needs=_INTERACTION_ID),
    Element("cmi.interactions.n.description", "localized250", needs=_INTERACTION_ID),
)

_VALID = "adl.nav.request_valid."
_NAVIGATION = (
    Element("adl.nav.request", "navigation", default="_none_"),
    Element(_VALID + "continue", "validity", _READ, default="unknown"),
    Element(_VALID + "previous", "validity", _READ, default="unknown"),
    Element(_VALID + "exit", "validity", _READ, default="unknown"),
    Element(_VALID + "exitAll", "validity", _READ, default="unknown"),
    Element(_VALID + "abandon", "validity", _READ, default="unknown"),
    Element(_VALID + "abandonAll", "validity", _READ, default="unknown"),
    Element(_VALID + "suspendAll", "validity", _READ, default="unknown"),
    Element(_VALID + "choice", "validity", _READ, default="false"),
    Element(_VALID + "jump", "validity", _READ, default="false"),
)

_SHARED_DATA = (
    Element("adl.data.n.id", "identifier", _READ),
    Element("adl.data.n.store", "text64000", empty_unset=True, granted="_access"),
)

_ELEMENTS = _SCO + _OBJECTIVES + _INTERACTIONS + _NAVIGATION + _SHARED_DATA

_CHILDREN = {
    "cmi": (
        "_version,comments_from_learner,comments_from_lms,completion_status,completion_threshold,credit,entry,exit,"
        "interactions,launch_data,learner_id,learner_name,learner_preference,location,max_time_allowed,mode,objectives,"
        "progress_measure,scaled_passing_score,score,session_time,success_status,suspend_data,time_limit_action,total_time"
    ),
    "cmi.comments_from_learner": "comment,location,timestamp",
    "cmi.comments_from_lms": "comment,location,timestamp",
    "cmi.interactions": (
        "id,type,objectives,timestamp,correct_responses,weighting,learner_response,result,latency,description"
    ),
    "cmi.learner_preference": "audio_level,language,delivery_speed,audio_captioning",
    "cmi.objectives": "id,score,success_status,completion_status,progress_measure,description",
    "cmi.objectives.n.score": "scaled,raw,min,max",
    "cmi.score": "scaled,raw,min,max",
    "adl.data": "id,store",
}

_E = Scorm2004Error
_CODES = {
    Fault.NONE: _E.NO_ERROR,
    Fault.GENERAL: _E.GENERAL_EXCEPTION,
    Fault.ARGUMENT: _E.ARGUMENT,
    Fault.ALREADY_INITIALIZED: _E.ALREADY_INITIALIZED,
    Fault.INITIALIZE_AFTER: _E.INSTANCE_TERMINATED,
    Fault.TERMINATE_BEFORE: _E.TERMINATION_BEFORE_INITIALIZATION,
    Fault.TERMINATE_AFTER: _E.TERMINATION_AFTER_TERMINATION,
    Fault.GET_BEFORE: _E.GET_BEFORE_INITIALIZATION,
    Fault.GET_AFTER: _E.GET_AFTER_TERMINATION,
    Fault.SET_BEFORE: _E.SET_BEFORE_INITIALIZATION,
    Fault.SET_AFTER: _E.SET_AFTER_TERMINATION,
    Fault.COMMIT_BEFORE: _E.COMMIT_BEFORE_INITIALIZATION,
    Fault.COMMIT_AFTER: _E.COMMIT_AFTER_TERMINATION,
    Fault.GET_FAILED: _E.GET_FAILURE,
    Fault.SET_FAILED: _E.SET_FAILURE,
    Fault.NO_CHILDREN: _E.GET_FAILURE,
    Fault.NO_COUNT: _E.GET_FAILURE,
    Fault.NO_VERSION: _E.GET_FAILURE,
    Fault.KEYWORD: _E.READ_ONLY,
    Fault.NO_KEYWORD: _E.UNDEFINED_ELEMENT,
    Fault.GROUP: _E.UNDEFINED_ELEMENT,
    Fault.UNDEFINED: _E.UNDEFINED_ELEMENT,
    Fault.UNSET: _E.VALUE_NOT_INITIALIZED,
    Fault.READ_ONLY: _E.READ_ONLY,
    Fault.WRITE_ONLY: _E.WRITE_ONLY,
    Fault.TYPE: _E.TYPE_MISMATCH,
    Fault.RANGE: _E.OUT_OF_RANGE,
    Fault.DEPENDENCY: _E.DEPENDENCY_NOT_ESTABLISHED,
    Fault.FULL: _E.SET_FAILURE,
}

SCORM_2004 = Model(
    name="scorm2004",
    title="SCORM 2004",
    version="1.0",
    codes={fault: code.value for fault, code in _CODES.items()},
    texts=SCORM_2004_TEXTS,
    formats=FORMATS,
    elements={element.name: element for element in _ELEMENTS},
    children=_CHILDREN,
    collections={
        "cmi.comments_from_learner": 1_000,
        "cmi.comments_from_lms": 0,
        "cmi.interactions": 10_000,
        "cmi.interactions.n.correct_responses": 250,
        "cmi.interactions.n.objectives": 250,
        "cmi.objectives": 1_000,
        "adl.data": 0,
    },
    unset_is_blank=False,
    responses={"pattern": PATTERNS, "response": ANSWERS},
    type_element="cmi.interactions.n.type",
    targets=(_VALID + "choice", _VALID + "jump"),
)
