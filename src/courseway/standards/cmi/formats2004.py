"""
The formats of SCORM 2004's values and of its interaction responses. Data only. [RTE 4.1.1, 4.2.9]

Lengths are the book's smallest permitted maximums; longer text is cut there, as the book allows.
"""

from courseway.standards.cmi.elements import Format, Response

REAL = r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_URI_CHARACTERS = r"(?:[^\x00-\x20\x22\x25<>\x5b-\x5e\x60{|}\x7f-\xa0]|%[0-9A-Fa-f]{2})+"
_IDENTIFIER = r"(?![Uu][Rr][Nn]:(?![A-Za-z0-9][A-Za-z0-9-]{0,31}:[\s\S]))" + _URI_CHARACTERS
_DATE = r"(?:(?:0[13578]|1[02])(?:-(?:0[1-9]|[12][0-9]|3[01])%s)?|(?:0[469]|11)(?:-(?:0[1-9]|[12][0-9]|30)%s)?|02(?:-(?:0[1-9]|[12][0-9])%s)?)"
_ZONE = r"(?:Z|[+-](?:[01][0-9]|2[0-3])(?::[0-5][0-9])?)?"
_CLOCK = r"(?:T(?:[01][0-9]|2[0-3])(?::[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,2}" + _ZONE + r")?)?)?)?"
_TIMESTAMP = r"(?:19[7-9][0-9]|20[0-2][0-9]|203[0-8])(?:-" + _DATE % (_CLOCK, _CLOCK, _CLOCK) + r")?"
_DURATION = (
    r"P(?=[0-9T])(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?"
    r"(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]{1,2})?S)?)?"
)
_NAVIGATION = r"\{target=[^}]+\}(?:choice|jump)"

FORMATS: dict[str, Format] = {
    "any": Format(means="a text"),
    "identifier": Format(pattern=_IDENTIFIER, limit=4000, cut=True, means="an identifier in the form of a URI or URN"),
    "text250": Format(limit=250, cut=True, means="a text"),
    "text1000": Format(limit=1000, cut=True, means="a text"),
    "text4000": Format(limit=4000, cut=True, means="a text"),
    "text64000": Format(limit=64000, cut=True, means="a text"),
    "localized250": Format(limit=250, cut=True, localized=True, means="a text that may begin with a valid {lang=...}"),
    "localized4000": Format(
        limit=4000, cut=True, localized=True, means="a text that may begin with a valid {lang=...}"
    ),
    "language": Format(words=("",), limit=250, language=True, means="a language tag such as en or fr-CA, or nothing"),
    "real": Format(pattern=REAL, means="a decimal number"),
    "scaled": Format(pattern=REAL, low=-1, high=1, means="a decimal number from -1 to 1"),
    "measure": Format(pattern=REAL, low=0, high=1, means="a decimal number from 0 to 1"),
    "positive": Format(pattern=REAL, low=0, means="a decimal number not below 0"),
    "timestamp": Format(
        pattern=_TIMESTAMP,
        means="a point in time, YYYY-MM-DDThh:mm:ss.ss with its end left out at will, a zone only after the fraction",
    ),
    "duration": Format(pattern=_DURATION, means="a duration such as PT1H2M3.5S"),
    "completion": Format(words=("completed", "incomplete", "not attempted", "unknown")),
    "success": Format(words=("passed", "failed", "unknown")),
    "credit": Format(words=("credit", "no-credit")),
    "entry": Format(words=("ab-initio", "resume", "")),
    "exit": Format(words=("time-out", "suspend", "logout", "normal", "")),
    "mode": Format(words=("browse", "normal", "review")),
    "captioning": Format(words=("-1", "0", "1")),
    "action": Format(words=("exit,message", "exit,no message", "continue,message", "continue,no message")),
    "interaction_type": Format(
        words=(
            "true-false",
            "choice",
            "fill-in",
            "long-fill-in",
            "matching",
            "performance",
            "sequencing",
            "likert",
            "numeric",
            "other",
        )
    ),
    "result": Format(
        words=("correct", "incorrect", "unanticipated", "neutral"),
        pattern=REAL,
        means="correct, incorrect, unanticipated, neutral or a decimal number",
    ),
    "navigation": Format(
        words=("continue", "previous", "exit", "exitAll", "abandon", "abandonAll", "suspendAll", "_none_"),
        pattern=_NAVIGATION,
        means="continue, previous, exit, exitAll, abandon, abandonAll, suspendAll, _none_, {target=...}choice or {target=...}jump",
    ),
    "validity": Format(words=("true", "false", "unknown")),
}

_CASE, _ORDER = "case_matters", "order_matters"
_ANYTHING = r"[\s\S]*"

PATTERNS: dict[str, Response] = {
    "true-false": Response(item="true|false", most=1, means="true or false"),
    "choice": Response(
        item=_IDENTIFIER,
        between="[,]",
        distinct=True,
        blank=True,
        unlike=True,
        means="different short identifiers with [,] between them",
    ),
    "fill-in": Response(
        item=_ANYTHING,
        between="[,]",
        marks=(_CASE, _ORDER),
        localized=True,
        means="texts with [,] between them, after {case_matters=...} and {order_matters=...} if wanted",
    ),
    "long-fill-in": Response(
        item=_ANYTHING, marks=(_CASE,), localized=True, means="a text, after {case_matters=...} if wanted"
    ),
    "matching": Response(
        item=_IDENTIFIER,
        between="[,]",
        within="[.]",
        second=_IDENTIFIER,
        means="pairs of short identifiers a[.]b with [,] between them",
    ),
    "performance": Response(
        item=f"(?:{_IDENTIFIER})?",
        between="[,]",
        within="[.]",
        second=_ANYTHING,
        marks=(_ORDER,),
        means="steps name[.]answer with [,] between them, after {order_matters=...} if wanted",
    ),
    "sequencing": Response(
        item=_IDENTIFIER, between="[,]", unlike=True, means="short identifiers with [,] between them"
    ),
    "likert": Response(item=_IDENTIFIER, most=1, means="one short identifier"),
    "numeric": Response(
        item=f"(?:{REAL})?",
        within="[:]",
        second=f"(?:{REAL})?",
        ascending=True,
        most=1,
        means="a range lowest[:]highest",
    ),
    "other": Response(item=_ANYTHING, most=1, means="a text"),
}

ANSWERS: dict[str, Response] = {
    "true-false": Response(item="true|false", means="true or false"),
    "choice": Response(
        item=_IDENTIFIER,
        between="[,]",
        distinct=True,
        blank=True,
        means="different short identifiers with [,] between them",
    ),
    "fill-in": Response(item=_ANYTHING, between="[,]", localized=True, means="texts with [,] between them"),
    "long-fill-in": Response(item=_ANYTHING, localized=True, means="a text that may begin with a valid {lang=...}"),
    "matching": Response(
        item=_IDENTIFIER,
        between="[,]",
        within="[.]",
        second=_IDENTIFIER,
        means="pairs of short identifiers a[.]b with [,] between them",
    ),
    "performance": Response(
        item=f"(?:{_IDENTIFIER})?",
        between="[,]",
        within="[.]",
        second=_ANYTHING,
        means="steps name[.]answer with [,] between them",
    ),
    "sequencing": Response(item=_IDENTIFIER, between="[,]", means="short identifiers with [,] between them"),
    "likert": Response(item=_IDENTIFIER, means="one short identifier"),
    "numeric": Response(item=REAL, means="a decimal number"),
    "other": Response(item=_ANYTHING, means="a text"),
}
