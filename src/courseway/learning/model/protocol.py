"""What travels between the player and the server, field by field as on the wire. Nothing here acts."""

from typing import Any, Literal

import msgspec

from courseway.learning.model.values import PlayerSettings, Summary
from courseway.standards.sequencing.values import TocEntry, ValidRequests

CommitKind = Literal["commit", "terminate", "push"]
NavigationKind = Literal[
    "continue", "previous", "choice", "jump", "exit", "exitAll", "abandon", "abandonAll", "suspendAll"
]


class Commit(msgspec.Struct, frozen=True):
    """What the content set since the last commit, in the order set, and the calls it made."""

    seq: int
    delivery: int
    kind: CommitKind = "commit"
    set: dict[str, str] = {}
    session_time_seconds: float | None = None
    calls: list[msgspec.Raw] = []


class StartBody(msgspec.Struct, frozen=True):
    """Open a link in a window; `tab_key` is known to this window alone."""

    link: str
    tab_key: str
    takeover: bool = False


class CommitBody(msgspec.Struct, frozen=True):
    """Numbered commits; `final` with reason "pagehide" says that the window goes."""

    session: str
    commits: list[Commit] = []
    final: bool = False
    reason: str = ""


class NavigationWish(msgspec.Struct, frozen=True):
    """What the learner or the content asks for; `timed_out`: neither, the time allowed for the activity is over."""

    kind: NavigationKind
    target: str | None = None
    timed_out: bool = False


class NavigateBody(msgspec.Struct, frozen=True):
    """One numbered navigation, with the commits before it."""

    session: str
    nav: int
    request: NavigationWish
    commits: list[Commit] = []


class HeartbeatBody(msgspec.Struct, frozen=True):
    """The window is still there."""

    session: str


class Node(msgspec.Struct, frozen=True):
    """One node of the course's tree."""

    id: str
    title: str
    kind: str
    visible: bool
    children: list["Node"] = []


class ResourceLink(msgspec.Struct, frozen=True):
    """Something offered beside an activity, under an address of its own. [SN 3.6]"""

    title: str
    url: str


class Delivery(msgspec.Struct, frozen=True):
    """
    One activity as delivered to the learner's browser.

    `time_limit_seconds` is what is left of the time allowed for the attempt.
    """

    number: int
    activity: str
    title: str
    kind: str
    url: str
    cmi: dict[str, str]
    valid: ValidRequests
    hide: tuple[str, ...]
    toc: dict[str, TocEntry]
    toc_visible: bool
    time_limit_seconds: float | None
    time_limit_action: str
    resources: list[ResourceLink] = []


class RefusedView(msgspec.Struct, frozen=True):
    """A navigation that leads nowhere: the book's code, and words."""

    code: str
    detail: str


class StartAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the player needs to begin."""

    session: str
    launch_id: str
    registration_id: str
    mode: str
    course: dict[str, str]
    learner: dict[str, str]
    settings: PlayerSettings
    exit_url: str | None
    tree: Node
    next_seq: int
    next_nav: int
    delivery: Delivery | None
    ended: bool
    refused: RefusedView | None
    summary: Summary
    revision: int
    toc: dict[str, TocEntry]
    valid: ValidRequests


class CommitAnswer(msgspec.Struct, frozen=True):
    """What was taken; `toc` only when a status in it changed, `valid` only for Continue and Previous when they may have."""

    acked: int
    revision: int
    summary: Summary
    toc: dict[str, TocEntry] | None = None
    valid: dict[str, bool] = {}


class NavigateAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a navigation; `toc` and `valid` also without a delivery."""

    acked: int
    delivery: Delivery | None
    ended: bool
    refused: RefusedView | None
    summary: Summary
    revision: int
    exit_url: str | None
    toc: dict[str, TocEntry]
    valid: ValidRequests


Answer = dict[str, Any]
