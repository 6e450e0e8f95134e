"""
The run-time API of both standards as content sees it: a session around a data model, with error codes. Pure.

The player's API objects (frontend/player/src/cmi) behave exactly like this one; replays and the conformance driver
use it in process. Not here: what happens to the values after the session (summary.py), and sending them anywhere.
"""

from collections.abc import Mapping
from enum import StrEnum

from courseway.standards.cmi import diagnostics
from courseway.standards.cmi.elements import Fault, Model
from courseway.standards.cmi.model import DataModel


class SessionState(StrEnum):
    """Where a communication session stands. [RTE 3.1.2]"""

    NOT_INITIALIZED = "not initialized"
    RUNNING = "running"
    TERMINATED = "terminated"


_BEFORE_AFTER = {
    "terminate": (Fault.TERMINATE_BEFORE, Fault.TERMINATE_AFTER),
    "get": (Fault.GET_BEFORE, Fault.GET_AFTER),
    "set": (Fault.SET_BEFORE, Fault.SET_AFTER),
    "commit": (Fault.COMMIT_BEFORE, Fault.COMMIT_AFTER),
}


class RuntimeApi:
    """One content object's API: every call answers a string, never raises, and leaves an error code behind."""

    def __init__(self, model: Model, values: Mapping[str, str]) -> None:
        self.data = DataModel(model, values)
        self.state = SessionState.NOT_INITIALIZED
        self.changes: dict[str, str] = {}
        self._fault = Fault.NONE
        self._detail = ""

    def initialize(self, argument: str) -> str:
        """Start the session: "true" or "false". [RTE 3.1.3.1]"""
        if argument != "":
            return self._answer(Fault.ARGUMENT, diagnostics.bad_argument(argument))
        if self.state is SessionState.RUNNING:
            return self._answer(Fault.ALREADY_INITIALIZED)
        if self.state is SessionState.TERMINATED:
            return self._answer(Fault.INITIALIZE_AFTER)
        self.state = SessionState.RUNNING
        return self._answer(Fault.NONE)

    def terminate(self, argument: str) -> str:
        """End the session: "true" or "false". [RTE 3.1.3.2]"""
        if argument != "":
            return self._answer(Fault.ARGUMENT, diagnostics.bad_argument(argument))
        fault = self._refuse_state("terminate")
        if fault is None:
            self.state = SessionState.TERMINATED
        return self._answer(fault or Fault.NONE)

    def get_value(self, element: str) -> str:
        """Read an element: its value, "" on error. [RTE 3.1.4.1]"""
        fault = self._refuse_state("get")
        if fault is not None:
            self._answer(fault)
            return ""
        read = self.data.read(element)
        self._answer(read.fault, read.detail)
        return read.value

    def set_value(self, element: str, value: str) -> str:
        """Set an element: "true" or "false". [RTE 3.1.4.2]"""
        fault = self._refuse_state("set")
        if fault is not None:
            return self._answer(fault)
        written = self.data.write(element, value)
        if written.fault is Fault.NONE:
            self.changes[element] = written.value
        return self._answer(written.fault, written.detail)

    def commit(self, argument: str) -> str:
        """Ask for the values to be kept now: "true" or "false". [RTE 3.1.4.3]"""
        if argument != "":
            return self._answer(Fault.ARGUMENT, diagnostics.bad_argument(argument))
        return self._answer(self._refuse_state("commit") or Fault.NONE)

    def get_last_error(self) -> str:
        """Return the code of the last call that can fail. [RTE 3.1.5.1]"""
        return self.data.model.codes[self._fault]

    def get_error_string(self, code: str) -> str:
        """Return a code's text, "" when the standard has no such code. [RTE 3.1.5.2]"""
        return self.data.model.texts.get(code, ("", ""))[0]

    def get_diagnostic(self, code: str) -> str:
        """Return what exactly went wrong in the last call, or what a code means; at most 255 characters. [RTE 3.1.5.3]"""
        last = self.get_last_error()
        if code in ("", last) and self._detail:
            return self._detail[: diagnostics.LONGEST]
        return self.data.model.texts.get(code or last, ("", ""))[1]

    def call(self, method: str, *arguments: str) -> str:
        """Call a function by its name in either standard; "" when there is none of this name or an argument lacks."""
        one, two = (*arguments, "", "")[:2]
        match method.removeprefix("LMS"):
            case "Initialize":
                return self.initialize(one)
            case "Terminate" | "Finish":
                return self.terminate(one)
            case "GetValue":
                return self.get_value(one)
            case "SetValue":
                return self.set_value(one, two)
            case "Commit":
                return self.commit(one)
            case _:
                return self._ask(method, one)

    def _ask(self, method: str, argument: str) -> str:
        match method.removeprefix("LMS"):
            case "GetLastError":
                return self.get_last_error()
            case "GetErrorString":
                return self.get_error_string(argument)
            case "GetDiagnostic":
                return self.get_diagnostic(argument)
            case _:
                return ""

    def _refuse_state(self, call: str) -> Fault | None:
        if self.state is SessionState.RUNNING:
            return None
        before, after = _BEFORE_AFTER[call]
        return before if self.state is SessionState.NOT_INITIALIZED else after

    def _answer(self, fault: Fault, detail: str = "") -> str:
        self._fault, self._detail = fault, detail
        return "true" if fault is Fault.NONE else "false"
