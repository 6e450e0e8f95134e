"""
The recorded calls of one delivery, put once more to a run-time API, and where its answers are others now. Pure.

The log is the browser's: long values are shortened in it, and a window that closes may send what was set without the
calls that set it. What cannot be compared for such a reason is not, and said to be so.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from courseway.learning.model.launch_file import FileCommit
from courseway.standards import cmi
from courseway.standards.cmi import RuntimeApi, SessionState
from courseway.standards.sequencing.values import ValidRequests

_SHORTENED = re.compile(r"(.*)… \((\d+) characters\)", re.DOTALL)
_SHORTEST_SHORTENED = 200


@dataclass(frozen=True)
class Call:
    """One recorded call. `number` counts from 1 in its commit."""

    number: int
    at_ms: float
    method: str
    element: str
    value: str
    result: str
    error: str

    @property
    def sets(self) -> bool:
        """Tell whether this set a value, and was not refused."""
        return self.method.endswith("SetValue") and self.result == "true"

    @property
    def said(self) -> str:
        """Return the call as its content wrote it."""
        arguments = [repr(self.element[:120])] + ([repr(self.value[:120])] if self.method.endswith("SetValue") else [])
        return f"{self.method}({', '.join(arguments)})"


@dataclass(frozen=True)
class Answered(Call):
    """A recorded call with what the API answers now; `compared` is False where the log does not hold enough to tell."""

    now: tuple[str, str] = ("", "")
    compared: bool = True

    @property
    def recorded(self) -> tuple[str, str]:
        """Return value and error as they were."""
        return self.result, self.error

    @property
    def differs(self) -> bool:
        """Tell whether the answer is another one now."""
        return self.compared and (self.now[1] != self.error or not is_same(self.result, self.now[0]))

    @property
    def as_now(self) -> list[object]:
        """Return the call as the log would hold it now."""
        result, error = self.now if self.differs else self.recorded
        return [self.at_ms, self.method, self.element, self.value, result, error]

    @staticmethod
    def say(answer: tuple[str, str]) -> str:
        """Put an answer into words."""
        value, error = answer
        return f"{value[:120]!r}" + (f", error {error}" if error not in ("", "0") else ", no error")


def is_same(recorded: str, now: str) -> bool:
    """Compare a value with one that the log may have shortened."""
    beginning = beginning_of(recorded)
    return recorded == now or (beginning is not None and now.startswith(beginning))


def beginning_of(text: str) -> str | None:
    """Return how a value begins that the log has shortened; None when it is whole."""
    found = _SHORTENED.fullmatch(text)
    return found[1] if found and len(found[1]) >= _SHORTEST_SHORTENED else None


class RecalledApi:
    """The API of one delivery, taking its recorded calls in their order."""

    def __init__(self, standard: str, values: dict[str, str], valid: ValidRequests) -> None:
        shown = cmi.delivered_values(standard, values)
        if standard == cmi.SCORM_2004.name:
            shown = request_values(valid) | shown
        self.api = RuntimeApi(cmi.model_of(standard), shown)
        self.waiting: dict[str, str] = {}
        self.unsure: set[str] = set()
        self.explained = False

    def answer(self, commit: FileCommit) -> list[Answered]:
        """Answer the calls of a commit. What is set by no call that is logged is taken over first, and nothing compared."""
        # The browser cuts a large commit in pieces; the calls of all of them come with the last.
        self.waiting |= commit.set
        calls = [_read(number, one) for number, one in enumerate(commit.calls, start=1)]
        self.explained = False
        if not calls:
            return []
        missing = self.waiting.keys() - {one.element for one in calls if one.sets}
        self.explained = not missing and not self._began_unseen(calls[0])
        if not self.explained:
            self.api.state = SessionState.RUNNING
            self.api.data.values.update({name: self.waiting[name] for name in missing})
        self.api.changes.clear()
        return [self._answer(one) for one in calls]

    def kept_otherwise(self, commit: FileCommit) -> list[tuple[str, str, str]]:
        """Return what the API would now send otherwise than it did: element, recorded, now."""
        if not commit.calls:
            return []
        sent, self.waiting = self.waiting, {}
        if not self.explained:
            return []
        now = self.api.changes
        return [
            (name, repr(value[:120]), repr(now[name][:120]) if name in now else "nothing")
            for name, value in sent.items()
            if name not in self.unsure and now.get(name) != value
        ]

    def _began_unseen(self, first: Call) -> bool:
        """Say whether the session was running already when the log begins."""
        idle = self.api.state is SessionState.NOT_INITIALIZED
        return idle and first.error == "0" and not first.method.endswith("Initialize")

    def _answer(self, call: Call) -> Answered:
        fields = (call.number, call.at_ms, call.method, call.element, call.value, call.result, call.error)
        value, known = self._whole_value(call)
        now = self.api.call(call.method, call.element, value), self.api.get_last_error()
        compared = self.explained and known and call.element not in self.unsure
        return Answered(*fields, now=now, compared=compared)

    def _whole_value(self, call: Call) -> tuple[str, bool]:
        """Return what a call set; where the log has shortened it, what was sent of that element, if it fits."""
        if beginning_of(call.element) is not None:
            return call.value, False
        beginning = beginning_of(call.value) if call.method.endswith("SetValue") else None
        if beginning is None:
            if call.sets:
                self.unsure.discard(call.element)
            return call.value, True
        sent = self.waiting.get(call.element, "")
        if sent.startswith(beginning):
            self.unsure.discard(call.element)
            return sent, True
        self.unsure.add(call.element)
        return call.value, False


def _read(number: int, call: Sequence[object]) -> Call:
    """Read one entry of a call log, which came from a browser and may hold anything."""
    at, *rest = [*call, *([""] * 6)][:6]
    texts = ["" if part is None else str(part) for part in rest]
    return Call(number, float(at) if isinstance(at, int | float) else 0.0, *texts)


def request_values(valid: ValidRequests) -> dict[str, str]:
    """Return what the content may ask about requests, as the player makes it of a delivery. [RTE 4.4.4]"""
    values: dict[str, str] = {}
    for kind, answer in msgspec.to_builtins(valid).items():
        if isinstance(answer, bool):
            values[f"adl.nav.request_valid.{kind}"] = "true" if answer else "false"
            continue
        for activity, allowed in answer.items():
            values[f"adl.nav.request_valid.{kind}.{{target={activity}}}"] = "true" if allowed else "false"
    return values
