"""
Navigations in words for people: what was asked, what came of it, the reasons by process of the book, and what is off. Pure.

The words of the reasons are the engine's own; identifiers in them become titles.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

import msgspec

from courseway.learning.model.delivering import render_refused
from courseway.learning.model.values import NavigationRecord
from courseway.standards.sequencing.values import Refused, Step

_PROCESSES = {
    "OP": "Overall",
    "NB": "Navigation request",
    "TB": "Ending what was open",
    "UP.3": "Ending what was open",
    "UP.4": "Ending what was open",
    "RB": "Rollup",
    "SR": "Selection and order",
    "SB": "Finding what comes next",
    "DB": "Delivery",
    "4.2": "Global objectives",
    "flat": "SCORM 1.2",
    "1.2": "SCORM 1.2",
}
_ASKED_INSIDE = ("UP.1", "UP.2", "UP.5")
_OFF = re.compile(r"(?P<what>.+?) (?:is|are) off: (?P<why>.+)", re.DOTALL)
_ONE_CHOICE = re.compile(r'Choice of ("[^"\n]{1,4000}")')
_QUOTED = re.compile(r'"([^"\n]{1,4000})"')
_REQUESTS = {
    "start": "The launch began",
    "resumeAll": "The launch went on where it was suspended",
    "continue": "Continue",
    "previous": "Previous",
    "choice": "Choice of",
    "jump": "Jump to",
    "exit": "Exit of this part",
    "exitAll": "Exit of the course",
    "abandon": "Abandoning this part",
    "abandonAll": "Abandoning the course",
    "suspendAll": "Suspending the course",
    "retry": "Retrying this part",
    "retryAll": "Retrying the course",
}


class Part(msgspec.Struct, frozen=True):
    """A piece of a sentence; with an `activity` the text is its title, and that its identifier."""

    text: str
    activity: str = ""


Sentence = tuple[Part, ...]


class Reason(msgspec.Struct, frozen=True):
    """One decision: in words, and the clause of the book it follows."""

    clause: str
    words: Sentence


class Process(msgspec.Struct, frozen=True):
    """Decisions of one process of the book, one after another."""

    name: str
    reasons: tuple[Reason, ...]


class Off(msgspec.Struct, frozen=True):
    """What is not possible now, for one reason: buttons and activities with the same reason stand together."""

    what: tuple[Sentence, ...]
    why: Sentence


class Explained(msgspec.Struct, frozen=True):
    """One navigation in words. `outcome` is "delivered", "refused" or "ended"; `code` is the book's code of a refusal."""

    request: Sentence
    outcome: str
    result: Sentence
    code: str
    processes: tuple[Process, ...]
    off: tuple[Off, ...]

    @property
    def length(self) -> int:
        """Return how many decisions there are."""
        return sum(len(one.reasons) for one in self.processes)


def explain(navigation: NavigationRecord, titles: Mapping[str, str]) -> Explained:
    """Put one navigation into words; `titles` are the course's, by identifier."""
    reasons, off = _apart(navigation)
    return Explained(
        request=_say_request(navigation, titles),
        outcome="refused" if navigation.refused else "delivered" if navigation.delivered else "ended",
        result=_say_result(navigation, titles),
        code=navigation.refused,
        processes=_group(reasons, titles),
        off=_gather(off, titles),
    )


def cut(processes: Sequence[Process], most: int) -> tuple[list[Process], list[Process]]:
    """Divide decisions after the first `most`, so that a long reasoning can be folded."""
    head: list[Process] = []
    rest: list[Process] = []
    left = most
    for one in processes:
        if left > 0:
            head.append(Process(one.name, one.reasons[:left]))
        if len(one.reasons) > left:
            rest.append(Process(one.name, one.reasons[max(left, 0) :]))
        left -= len(one.reasons)
    return head, rest


def say(sentence: Sentence) -> str:
    """Write a sentence as plain text."""
    return "".join(f"“{part.text}”" if part.activity else part.text for part in sentence)


def _say_request(navigation: NavigationRecord, titles: Mapping[str, str]) -> Sentence:
    if navigation.nav < 0:
        return (Part("The window was reloaded"),)
    words = _REQUESTS.get(navigation.request, navigation.request)
    if navigation.timed_out:
        return (Part(f"{words}: its time was over"),)
    if not navigation.target:
        return (Part(words),)
    return (Part(f"{words} "), _title(navigation.target, titles))


def _say_result(navigation: NavigationRecord, titles: Mapping[str, str]) -> Sentence:
    if navigation.refused:
        known = navigation.refused in {one.value for one in Refused}
        view = render_refused(Refused(navigation.refused)) if known else None
        return (Part(view.detail if view is not None else "The request was refused."),)
    if navigation.delivered:
        return (_title(navigation.delivered, titles), Part(" was delivered"))
    return (Part("Nothing was delivered" if navigation.request == "exit" else "The session ended"),)


def _title(activity: str, titles: Mapping[str, str]) -> Part:
    return Part(titles.get(activity) or activity, activity)


def _sentence(words: str, titles: Mapping[str, str]) -> Sentence:
    """Put titles in the place of identifiers in quotes."""
    parts: list[Part] = []
    end = 0
    for found in _QUOTED.finditer(words):
        if found[1] in titles:
            parts += [Part(words[end : found.start()]), _title(found[1], titles)]
            end = found.end()
    parts.append(Part(words[end:]))
    return tuple(part for part in parts if part.text)


def _begun(sentence: Sentence) -> Sentence:
    """Begin a sentence with a capital; a title stays as it is written."""
    if not sentence or sentence[0].activity:
        return sentence
    text = sentence[0].text
    return (Part(text[:1].upper() + text[1:]), *sentence[1:])


def _apart(navigation: NavigationRecord) -> tuple[list[Step], list[Step]]:
    """Divide a trace into the reasons and what is off afterwards, which follows them at the end."""
    steps = list(navigation.trace)
    place = len(steps)
    while place and _OFF.fullmatch(steps[place - 1].words):
        place -= 1
    return steps[:place], steps[place:]


def _group(steps: Sequence[Step], titles: Mapping[str, str]) -> tuple[Process, ...]:
    named: list[tuple[str, Reason]] = []
    for step in steps:
        inside = named and step.clause.startswith(_ASKED_INSIDE)
        name = named[-1][0] if inside else _process(step.clause)
        named.append((name, Reason(step.clause, _begun(_sentence(step.words, titles)))))
    return tuple(
        Process(name, tuple(reason for _, reason in group)) for name, group in groupby(named, key=lambda one: one[0])
    )


def _process(clause: str) -> str:
    for beginning, name in _PROCESSES.items():
        if clause.startswith(beginning):
            return name
    return "Rules"


def _gather(steps: Sequence[Step], titles: Mapping[str, str]) -> tuple[Off, ...]:
    gathered: dict[str, list[Sentence]] = {}
    for step in steps:
        found = _OFF.fullmatch(step.words)
        if found is None:
            continue
        # Of the choice of one activity only the activity is news.
        one = _ONE_CHOICE.fullmatch(found["what"])
        about = one[1] if one else found["what"].removeprefix("Choice of ")
        gathered.setdefault(found["why"], []).append(_sentence(about, titles))
    return tuple(Off(tuple(what), _begun(_sentence(why, titles))) for why, what in gathered.items())
