"""
The error codes of both standards with their texts and explanations. Which fault gets which code is in the tables.

A standard's error is a value, never an exception.
"""

from enum import StrEnum


class Scorm12Error(StrEnum):
    """Error codes of SCORM 1.2. [RTE 1.2 3.3.3]"""

    NO_ERROR = "0"
    GENERAL = "101"
    INVALID_ARGUMENT = "201"
    NO_CHILDREN = "202"
    NOT_AN_ARRAY = "203"
    NOT_INITIALIZED = "301"
    NOT_IMPLEMENTED = "401"
    KEYWORD = "402"
    READ_ONLY = "403"
    WRITE_ONLY = "404"
    INCORRECT_DATA_TYPE = "405"


class Scorm2004Error(StrEnum):
    """Error codes of SCORM 2004. [RTE 4.0 3.1.7]"""

    NO_ERROR = "0"
    GENERAL_EXCEPTION = "101"
    INITIALIZATION_FAILURE = "102"
    ALREADY_INITIALIZED = "103"
    INSTANCE_TERMINATED = "104"
    TERMINATION_FAILURE = "111"
    TERMINATION_BEFORE_INITIALIZATION = "112"
    TERMINATION_AFTER_TERMINATION = "113"
    GET_BEFORE_INITIALIZATION = "122"
    GET_AFTER_TERMINATION = "123"
    SET_BEFORE_INITIALIZATION = "132"
    SET_AFTER_TERMINATION = "133"
    COMMIT_BEFORE_INITIALIZATION = "142"
    COMMIT_AFTER_TERMINATION = "143"
    ARGUMENT = "201"
    GET_FAILURE = "301"
    SET_FAILURE = "351"
    COMMIT_FAILURE = "391"
    UNDEFINED_ELEMENT = "401"
    UNIMPLEMENTED_ELEMENT = "402"
    VALUE_NOT_INITIALIZED = "403"
    READ_ONLY = "404"
    WRITE_ONLY = "405"
    TYPE_MISMATCH = "406"
    OUT_OF_RANGE = "407"
    DEPENDENCY_NOT_ESTABLISHED = "408"


SCORM_12_TEXTS: dict[str, tuple[str, str]] = {
    Scorm12Error.NO_ERROR.value: ("No error", "The last call succeeded."),
    Scorm12Error.GENERAL.value: (
        "General exception",
        "LMSInitialize was called a second time, or after LMSFinish: a session is started once. Or there is no room for more.",
    ),
    Scorm12Error.INVALID_ARGUMENT.value: (
        "Invalid argument error",
        "The argument is not what the function takes, or names no entry that exists.",
    ),
    Scorm12Error.NO_CHILDREN.value: (
        "Element cannot have children",
        "_children can be read of a group or a list only.",
    ),
    Scorm12Error.NOT_AN_ARRAY.value: ("Element not an array - cannot have count", "_count can be read of a list only."),
    Scorm12Error.NOT_INITIALIZED.value: (
        "Not initialized",
        'LMSInitialize("") has not been called yet, or LMSFinish has ended the session: make this call between the two.',
    ),
    Scorm12Error.NOT_IMPLEMENTED.value: ("Not implemented error", "SCORM 1.2 has no such element."),
    Scorm12Error.KEYWORD.value: (
        "Invalid set value, element is a keyword",
        "_children, _count and _version can be read only.",
    ),
    Scorm12Error.READ_ONLY.value: ("Element is read only", "Content may read this element but not set it."),
    Scorm12Error.WRITE_ONLY.value: ("Element is write only", "Content may set this element but not read it."),
    Scorm12Error.INCORRECT_DATA_TYPE.value: (
        "Incorrect data type",
        "The value has not the format, vocabulary, range or length of this element.",
    ),
}

SCORM_2004_TEXTS: dict[str, tuple[str, str]] = {
    Scorm2004Error.NO_ERROR.value: ("No Error", "The last call succeeded."),
    Scorm2004Error.GENERAL_EXCEPTION.value: ("General Exception", "Something failed for which there is no other code."),
    Scorm2004Error.INITIALIZATION_FAILURE.value: (
        "General Initialization Failure",
        "The session could not be started.",
    ),
    Scorm2004Error.ALREADY_INITIALIZED.value: (
        "Already Initialized",
        "Initialize was called a second time; the session is running, go on with it.",
    ),
    Scorm2004Error.INSTANCE_TERMINATED.value: (
        "Content Instance Terminated",
        "Initialize was called after Terminate; a session is started once in a launch.",
    ),
    Scorm2004Error.TERMINATION_FAILURE.value: ("General Termination Failure", "The session could not be ended."),
    Scorm2004Error.TERMINATION_BEFORE_INITIALIZATION.value: (
        "Termination Before Initialization",
        'Terminate was called before Initialize; call Initialize("") first.',
    ),
    Scorm2004Error.TERMINATION_AFTER_TERMINATION.value: (
        "Termination After Termination",
        "Terminate was called a second time; the session is over and has been kept.",
    ),
    Scorm2004Error.GET_BEFORE_INITIALIZATION.value: (
        "Retrieve Data Before Initialization",
        'GetValue was called before Initialize; call Initialize("") first.',
    ),
    Scorm2004Error.GET_AFTER_TERMINATION.value: (
        "Retrieve Data After Termination",
        "GetValue was called after Terminate; read values before ending the session.",
    ),
    Scorm2004Error.SET_BEFORE_INITIALIZATION.value: (
        "Store Data Before Initialization",
        'SetValue was called before Initialize; call Initialize("") first.',
    ),
    Scorm2004Error.SET_AFTER_TERMINATION.value: (
        "Store Data After Termination",
        "SetValue was called after Terminate; set values before ending the session.",
    ),
    Scorm2004Error.COMMIT_BEFORE_INITIALIZATION.value: (
        "Commit Before Initialization",
        'Commit was called before Initialize; call Initialize("") first.',
    ),
    Scorm2004Error.COMMIT_AFTER_TERMINATION.value: (
        "Commit After Termination",
        "Commit was called after Terminate, which has kept everything already.",
    ),
    Scorm2004Error.ARGUMENT.value: ("General Argument Error", "Initialize, Terminate and Commit take an empty string."),
    Scorm2004Error.GET_FAILURE.value: (
        "General Get Failure",
        "There is no such entry, or the element has no such keyword.",
    ),
    Scorm2004Error.SET_FAILURE.value: (
        "General Set Failure",
        "The index skips entries or is malformed, an identifier is used twice or changed, or there may be no further entry.",
    ),
    Scorm2004Error.COMMIT_FAILURE.value: ("General Commit Failure", "The values could not be sent."),
    Scorm2004Error.UNDEFINED_ELEMENT.value: ("Undefined Data Model Element", "SCORM 2004 has no such element."),
    Scorm2004Error.UNIMPLEMENTED_ELEMENT.value: ("Unimplemented Data Model Element", "This element is not supported."),
    Scorm2004Error.VALUE_NOT_INITIALIZED.value: (
        "Data Model Element Value Not Initialized",
        "Nothing has been set here yet.",
    ),
    Scorm2004Error.READ_ONLY.value: (
        "Data Model Element Is Read Only",
        "Content may read this element but not set it.",
    ),
    Scorm2004Error.WRITE_ONLY.value: (
        "Data Model Element Is Write Only",
        "Content may set this element but not read it.",
    ),
    Scorm2004Error.TYPE_MISMATCH.value: (
        "Data Model Element Type Mismatch",
        "The value has not the format or vocabulary of this element.",
    ),
    Scorm2004Error.OUT_OF_RANGE.value: (
        "Data Model Element Value Out Of Range",
        "The number is outside the range of this element.",
    ),
    Scorm2004Error.DEPENDENCY_NOT_ESTABLISHED.value: (
        "Data Model Dependency Not Established",
        "Another element of the same entry must be set first, for example its id.",
    ),
}
