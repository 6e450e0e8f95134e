"""What a customer's LMS holds and answered, in words. Pure. Not here: reading it (dispatch, learning)."""

import re
from collections.abc import Collection

from courseway.standards.cmi import SCORM_12, SCORM_2004

_ANSWER = re.compile(r"(?P<before>finish )?(?P<code>[0-9]{1,3})\b\s*(?P<text>.*)", re.DOTALL)


def lms_state(error: str, taken: int | None, newest: int) -> str:
    """Say how an LMS stands to the newest result: "refused", "nothing yet", "behind" or "taken"."""
    if error:
        return "refused"
    if taken is None:
        return "nothing yet"
    return "behind" if taken < newest else "taken"


def say_refusal(error: str, diagnostic: str = "", elements: Collection[str] = ()) -> str:
    """
    Say why an LMS refused a write: its code once, then its own words, or the standard's when it has none of its own.

    `elements` are what was written; they tell which standard the code belongs to.
    """
    found = _ANSWER.fullmatch(error.strip())
    if found is None:
        return ": ".join(one for one in (error, diagnostic) if one)
    code, text = found["code"], found["text"]
    if _only_repeats(text, code):
        text = _standard_words(code, elements)
    more = "" if _only_repeats(diagnostic, code) or diagnostic.casefold() == text.casefold() else diagnostic
    said = f"{found['before'] or ''}{code} {text}".strip()
    return f"{said}: {more}" if more else said


def _only_repeats(text: str, code: str) -> bool:
    return not re.sub(rf"\b(?:error|code|{code})\b|[\W_]", "", text, flags=re.IGNORECASE)


def _standard_words(code: str, elements: Collection[str]) -> str:
    """Return a code's text; "" where the two standards differ and nothing tells which one it is."""
    models = [SCORM_12, SCORM_2004]
    if elements:
        models = [SCORM_12 if any(one.startswith("cmi.core.") for one in elements) else SCORM_2004]
    known = [model.texts[code][0] for model in models if code in model.texts]
    return known[0] if len({one.casefold() for one in known}) == 1 else ""
