"""
A dispatch's form, and the words around its packages. Pure.

What lives here: reading the form into what the dispatch room understands, filling it from a dispatch, advice on
formats, and the text for a customer's administrator.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from courseway.console.formats import count_of, say_standard
from courseway.console.forms import Form
from courseway.courses import Course
from courseway.dispatch import (
    CourseChange,
    Dispatch,
    DispatchChanges,
    DispatchOptions,
    Messages,
    NewDispatch,
    PackageFormat,
    VersionPolicy,
    Window,
)
from courseway.learning import PlayerSettings

PLAYER = ("show_toc", "toc_open", "show_nav", "show_progress_bar", "keep_time_limits")
MESSAGES = (
    ("disabled", "While paused"),
    ("expired", "After it has expired"),
    ("closed_to_new", "While closed to new learners"),
    ("limit_reached", "When no seat is left"),
)
ON_CHANGE = (
    (CourseChange.NEVER, "Never: everybody finishes what they began"),
    (CourseChange.INCOMPLETE, "When they have not completed it"),
    (CourseChange.COMPLETED, "When they have completed it"),
    (CourseChange.FAILED, "When they failed"),
    (CourseChange.PASSED, "When they passed"),
    (CourseChange.ALWAYS, "Always"),
)
POLICIES = (
    (VersionPolicy.NEWEST, "Newest: new versions reach learners at once"),
    (VersionPolicy.PINNED, "Pinned: the version chosen below"),
    (VersionPolicy.CANARY, "Canary: a share of new learners gets the newest, the others the pinned one"),
)
WINDOWS = ((Window.FRAME, "Inside the LMS's page"), (Window.POPUP, "In a window of its own"))


@dataclass(frozen=True)
class FormatAdvice:
    """One format a package can have, and when to take it."""

    format: PackageFormat
    name: str
    suits: str
    best: bool = False


FORMATS = (
    FormatAdvice(
        PackageFormat.SCORM_12,
        "SCORM 1.2",
        "The safest choice: Moodle, Cornerstone, SuccessFactors, Docebo, TalentLMS and nearly every other LMS take it. "
        "Reports one status, a score and time.",
        best=True,
    ),
    FormatAdvice(
        PackageFormat.SCORM_2004_3,
        "SCORM 2004 3rd edition",
        "For LMSs certified for 2004, such as Saba, SumTotal and Brightspace. Completion and success arrive apart, "
        "so that “completed but failed” can be told.",
    ),
    FormatAdvice(
        PackageFormat.SCORM_2004_4,
        "SCORM 2004 4th edition",
        "As the third, for LMSs that ask for the fourth: SAP Litmos, Absorb, Canvas. Moodle takes it no better than 1.2.",
    ),
)


def form_choices() -> dict[str, Any]:
    """Return what every dispatch's form offers to choose from."""
    return {"on_change": ON_CHANGE, "policies": POLICIES, "windows": WINDOWS, "messages": MESSAGES, "versions": ()}


def administrator_text(dispatch: Dispatch) -> str:
    """Write the message that goes to the customer's administrator with the package."""
    lines = [
        "Hello,",
        "",
        f"attached is the package for “{dispatch.name}”. Import it into your LMS like any SCORM package:",
        "",
        "1. Add it as a new SCORM activity or course, without unpacking the file.",
        "2. Open it once as a learner and press Start. The course opens within a few seconds.",
        "3. If anything is in the way, open “Check this connection” on the start page and send us the short code it shows.",
        "",
    ]
    if dispatch.registration_cap:
        lines.append(
            f"Your licence covers {count_of(dispatch.registration_cap, 'learner')}. Starting again does not use another seat."
        )
    if dispatch.expires_at is not None:
        lines.append(f"It can be used until {dispatch.expires_at:%d %B %Y}.")
    lines += [
        "The package is small because the course itself stays with us: updates reach your learners without importing again, "
        "and their results are written into your LMS as they learn.",
        "",
        "Kind regards",
    ]
    return "\n".join(lines)


def fill_form(dispatch: Dispatch) -> Form:
    """Put a dispatch into its form."""
    options, player = dispatch.options, dispatch.options.player
    values = {
        "name": dispatch.name,
        "registration_cap": str(dispatch.registration_cap or ""),
        "expires_at": f"{dispatch.expires_at:%Y-%m-%d}" if dispatch.expires_at else "",
        "version_policy": dispatch.version_policy.value,
        "pinned_version_id": str(dispatch.pinned_version_id or ""),
        "canary_percent": str(dispatch.canary_percent or ""),
        "on_course_change": dispatch.on_course_change.value,
        "window": options.window.value,
        "organization": options.organization,
        "postback_url": dispatch.postback_url,
        "owner_email": dispatch.owner_email,
        "tags": ", ".join(dispatch.tags),
        "notes": dispatch.notes,
        "welcome": options.messages.welcome,
        "support": options.messages.support,
    }
    flags = {
        "enabled": dispatch.enabled,
        "allow_new_registrations": dispatch.allow_new_registrations,
        "instanced": dispatch.instanced,
        "own_player": player is not None,
        **{name: getattr(player or PlayerSettings(), name) for name in PLAYER},
    }
    values |= {name: "yes" for name, chosen in flags.items() if chosen}
    values |= {name: getattr(options.messages, name) for name, _ in MESSAGES}
    return Form(values)


def empty_form(course_id: str, destination_id: str) -> Form:
    """Return the form of a new dispatch, with what is usual filled in."""
    usual = dict.fromkeys(("enabled", "allow_new_registrations", *PLAYER), "yes")
    words = {"version_policy": "newest", "on_course_change": "never", "window": "frame"}
    return Form({**usual, **words, "course_id": course_id, "destination_id": destination_id})


def read_options(form: Form) -> DispatchOptions:
    """Read how the course opens and what it says."""
    messages = Messages(
        welcome=form.text("welcome", longest=1000),
        support=form.text("support", longest=1000),
        **{name: form.text(name, longest=1000) for name, _ in MESSAGES},
    )
    player = PlayerSettings(**{name: form.flag(name) for name in PLAYER}) if form.flag("own_player") else None
    return DispatchOptions(
        window=Window(form.choice("window", ("frame", "popup"), "frame")),
        player=player,
        messages=messages,
        organization=form.text("organization", longest=4000),
    )


def read_changes(form: Form) -> DispatchChanges:
    """Read everything about a dispatch that can be changed."""
    policy = VersionPolicy(form.choice("version_policy", [one.value for one in VersionPolicy], "newest"))
    pinned = form.uuid("pinned_version_id")
    if policy is not VersionPolicy.NEWEST and pinned is None:
        form.wrong["pinned_version_id"] = "Choose the version to pin."
    return DispatchChanges(
        name=form.text("name", longest=200),
        enabled=form.flag("enabled"),
        allow_new_registrations=form.flag("allow_new_registrations"),
        registration_cap=form.number("registration_cap", greatest=10_000_000),
        expires_at=form.day("expires_at"),
        instanced=form.flag("instanced"),
        version_policy=policy,
        pinned_version_id=pinned if policy is not VersionPolicy.NEWEST else None,
        canary_percent=form.number("canary_percent", greatest=100) if policy is VersionPolicy.CANARY else 0,
        on_course_change=CourseChange(form.choice("on_course_change", [one.value for one in CourseChange], "never")),
        options=read_options(form),
        postback_url=form.text("postback_url", longest=2000),
        owner_email=form.text("owner_email", longest=254),
        tags=form.words("tags"),
        notes=form.text("notes", longest=5000),
    )


def keep_expiry(changes: DispatchChanges, before: datetime | None) -> DispatchChanges:
    """Keep the moment a dispatch expires when the form names the same day: a form knows days only."""
    after = changes.expires_at
    if before is None or not isinstance(after, datetime) or after.date() != before.astimezone(UTC).date():
        return changes
    return msgspec.structs.replace(changes, expires_at=before)


def name_course(course: Course) -> str:
    """Name a course in a list of choices, so that two of the same title can be told apart."""
    standard = say_standard(course.standard, course.edition)
    return f"{course.title} · {standard} · v{course.current_version_number}"


def read_new(form: Form) -> tuple[UUID | None, UUID | None]:
    """Read which course goes where."""
    course_id = form.uuid("course_id", required="Choose the course.")
    destination_id = form.uuid("destination_id", required="Choose where it goes, or make a destination first.")
    return course_id, destination_id


def plan_new(course_id: UUID, destination_id: UUID, changes: DispatchChanges) -> NewDispatch:
    """Make a new dispatch of what the form said."""
    given = {name: getattr(changes, name) for name in changes.__struct_fields__}
    return NewDispatch(course_id=course_id, destination_id=destination_id, **given)
