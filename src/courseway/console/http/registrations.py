"""One registration: how far the learner is, everything that happened on the way, and what may be done about it."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Stream

from courseway.console.exports import as_csv, every
from courseway.console.forms import Form, read_form
from courseway.console.frame import AnyRequest, Frame
from courseway.console.http.launching import read_launch
from courseway.console.lists import Choice, Listing, read_listing
from courseway.console.looking import list_answers, list_objectives, say_statement
from courseway.dispatch import Service as Dispatches
from courseway.errors import NotFound, Refusal
from courseway.learning import Completion, LinkOptions, Registration, RegistrationQuery, Success
from courseway.learning import Service as Learning
from courseway.lrs import Service as Lrs
from courseway.lrs import StatementQuery
from courseway.tenants import Scope

COMPLETION = Choice("completion", "Completion", tuple((one.value, one.value) for one in Completion))
SUCCESS = Choice("success", "Success", tuple((one.value, one.value) for one in Success))
LIFETIMES = {"hour": ("an hour", 3600), "day": ("a day", 86_400), "week": ("a week", 604_800)}
TABS = (
    ("", "Activities"),
    ("launches", "Launches"),
    ("answers", "Answers"),
    ("statements", "Statements"),
    ("lms", "Their LMS"),
    ("change", "Change"),
)


def _listing(request: AnyRequest) -> Listing:
    return read_listing("/registrations", dict(request.query_params), (COMPLETION, SUCCESS), "newest")


def _query(listing: Listing, cursor: str | None = None, limit: int | None = None) -> RegistrationQuery:
    completion, success = listing.value("completion"), listing.value("success")
    return RegistrationQuery(
        search=listing.search,
        course_id=listing.uuid("course"),
        dispatch_id=listing.uuid("dispatch"),
        completion=Completion(completion) if completion else None,
        success=Success(success) if success else None,
        cursor=listing.cursor if cursor is None else cursor,
        limit=limit,
    )


@get("/registrations")
async def list_registrations(
    request: AnyRequest, frame: NamedDependency[Frame], learning: NamedDependency[Learning]
) -> Response[str]:
    """List registrations."""
    listing = _listing(request)
    page = await learning.list_registrations(frame.caller, _query(listing))
    if frame.wants_fragment:
        return frame.fragment("registrations/rows.html", listing=listing, page=page)
    return frame.page("registrations/list.html", here="learners", title="Registrations", listing=listing, page=page)


@get("/registrations.csv")
async def export_registrations(
    request: AnyRequest, frame: NamedDependency[Frame], learning: NamedDependency[Learning]
) -> Stream:
    """Download the list as it is narrowed."""
    listing = _listing(request)
    heads = (
        "Learner",
        "Name",
        "Course",
        "Instance",
        "Completion",
        "Success",
        "Score",
        "Seconds",
        "Launches",
        "Began",
        "Last activity",
        "Completed",
        "Id",
    )

    def row(one: Registration) -> tuple[Any, ...]:
        reached = (
            one.summary.completion.value,
            one.summary.success.value,
            one.summary.score.scaled,
            round(one.summary.total_time_seconds),
        )
        when = (one.first_launched_at, one.last_activity_at, one.completed_at)
        return (
            one.learner.shown_id,
            one.learner.name,
            one.course_title,
            one.instance,
            *reached,
            one.launch_count,
            *when,
            one.id,
        )

    rows = every(lambda cursor: learning.list_registrations(frame.caller, _query(listing, cursor, 100)))
    return as_csv("registrations", heads, rows, row)


def _tabs(one: Registration, here: str) -> list[dict[str, Any]]:
    counts = {"launches": one.launch_count}
    hidden = set() if one.dispatch_id else {"lms"}
    return [
        {
            "label": label,
            "href": f"/registrations/{one.id}" + (f"/{key}" if key else ""),
            "here": key == here,
            "count": counts.get(key),
        }
        for key, label in TABS
        if key not in hidden
    ]


async def _page(
    frame: Frame, learning: Learning, registration_id: UUID, tab: str, status: int = 200, **context: Any
) -> Response[str]:
    detail = await learning.show(frame.caller, registration_id)
    one = detail.registration
    return frame.page(
        f"registrations/{tab or 'activities'}.html",
        here="learners",
        title=f"{one.learner.name or one.learner.shown_id}: {one.course_title}",
        status=status,
        detail=detail,
        one=one,
        tabs=_tabs(one, "launches" if tab == "launch" else tab),
        **context,
    )


@get("/registrations/{registration_id:uuid}")
async def show_registration(
    frame: NamedDependency[Frame], learning: NamedDependency[Learning], registration_id: FromPath[UUID]
) -> Response[str]:
    """Show the activity tree with each activity's state."""
    return await _page(frame, learning, registration_id, "", list_objectives=list_objectives)


@get("/registrations/{registration_id:uuid}/launches")
async def show_launches(
    frame: NamedDependency[Frame], learning: NamedDependency[Learning], registration_id: FromPath[UUID]
) -> Response[str]:
    """Show the launches on a time line."""
    launches = await learning.launches(frame.caller, registration_id)
    return await _page(frame, learning, registration_id, "launches", launches=launches)


@get("/registrations/{registration_id:uuid}/launches/{launch_id:uuid}")
async def show_launch(
    request: AnyRequest,
    frame: NamedDependency[Frame],
    learning: NamedDependency[Learning],
    registration_id: FromPath[UUID],
    launch_id: FromPath[UUID],
) -> Response[str]:
    """Show one launch: why each navigation went as it did, and every call the course made."""
    context = await read_launch(request, frame, learning, launch_id)
    if frame.wants_fragment:
        return frame.fragment("launches/calls.html", **context)
    if context["detail_of_launch"].launch.registration_id != registration_id:
        raise NotFound("This launch belongs to another registration.")
    return await _page(frame, learning, registration_id, "launch", **context)


@get("/registrations/{registration_id:uuid}/answers")
async def show_answers(
    frame: NamedDependency[Frame], learning: NamedDependency[Learning], registration_id: FromPath[UUID]
) -> Response[str]:
    """Show the learner's answers."""
    detail = await learning.show(frame.caller, registration_id)
    return await _page(frame, learning, registration_id, "answers", answers=list_answers(detail.activities))


@get("/registrations/{registration_id:uuid}/statements")
async def show_statements(
    request: AnyRequest,
    frame: NamedDependency[Frame],
    learning: NamedDependency[Learning],
    lrs: NamedDependency[Lrs],
    registration_id: FromPath[UUID],
) -> Response[str]:
    """Show the statements of this registration."""
    listing = read_listing(frame.path, dict(request.query_params))
    after = int(listing.cursor) if listing.cursor.isdigit() else None
    page = await lrs.list_statements(frame.caller, StatementQuery(registration=registration_id, limit=50, after=after))
    return await _page(frame, learning, registration_id, "statements", listing=listing, page=page, say=say_statement)


@get("/registrations/{registration_id:uuid}/lms")
async def show_receipts(
    frame: NamedDependency[Frame],
    learning: NamedDependency[Learning],
    dispatch: NamedDependency[Dispatches],
    registration_id: FromPath[UUID],
) -> Response[str]:
    """Show what the customer's LMS answered."""
    receipts = await dispatch.receipts(frame.caller, registration_id)
    return await _page(frame, learning, registration_id, "lms", receipts=receipts)


@get("/registrations/{registration_id:uuid}/change")
async def show_change(
    frame: NamedDependency[Frame], learning: NamedDependency[Learning], registration_id: FromPath[UUID]
) -> Response[str]:
    """Show what may be done about a registration."""
    return await _page(
        frame, learning, registration_id, "change", form=Form({"completion": "completed", "success": "passed"})
    )


@get("/registrations/{registration_id:uuid}/link")
async def show_link(
    request: AnyRequest,
    frame: NamedDependency[Frame],
    learning: NamedDependency[Learning],
    registration_id: FromPath[UUID],
) -> Response[str]:
    """Make a launch link to send to the learner, and show it."""
    wanted = request.query_params.get("for", "")
    lifetime = wanted if wanted in LIFETIMES else "day"
    link = await learning.launch_link(frame.caller, registration_id, LinkOptions(ttl_seconds=LIFETIMES[lifetime][1]))
    return await _page(frame, learning, registration_id, "link", link=link, lifetime=lifetime, lifetimes=LIFETIMES)


@post("/registrations/{registration_id:uuid}/mark", status_code=200)
async def mark(
    request: AnyRequest,
    frame: NamedDependency[Frame],
    learning: NamedDependency[Learning],
    registration_id: FromPath[UUID],
) -> Response[Any]:
    """Set a result by hand, with a reason."""
    form = read_form((await request.form()).multi_items())
    reason = form.text("reason", required="Say why; the reason is kept in the activity trail.", longest=1000)
    score = form.number("score", greatest=100, empty=-1)
    if not form.wrong:
        try:
            await learning.mark(
                frame.caller,
                registration_id,
                completion=Completion(form.choice("completion", [one.value for one in Completion], "completed")),
                success=Success(form.choice("success", [one.value for one in Success], "unknown")),
                score_scaled=score / 100 if score >= 0 else None,
                reason=reason,
            )
            return frame.go(f"/registrations/{registration_id}", "The result is set, and the reason is kept.")
        except Refusal as refusal:
            form.refuse(refusal)
    return await _page(frame, learning, registration_id, "change", 400, form=form)


@post("/registrations/{registration_id:uuid}/{act:str}", status_code=303)
async def act_on_registration(
    frame: NamedDependency[Frame],
    learning: NamedDependency[Learning],
    registration_id: FromPath[UUID],
    act: FromPath[str],
) -> Redirect:
    """Open it, reset it, begin a new instance, or delete it."""
    place = f"/registrations/{registration_id}"
    if act == "open":
        frame.caller.require(Scope.COURSE_WRITE)
        return Redirect(
            await learning.launch_link(frame.caller, registration_id, LinkOptions(exit_url=frame.back_to(place))),
            status_code=303,
        )
    if act == "reset":
        await learning.reset(frame.caller, registration_id)
        return frame.go(place, "The registration is back at its beginning.")
    if act == "again":
        made = await learning.new_instance(frame.caller, registration_id)
        return frame.go(f"/registrations/{made.id}", f"Instance {made.instance} is made. {made.note}".strip())
    if act == "delete":
        await learning.delete(frame.caller, registration_id)
        return frame.go("/registrations", "The registration is deleted.")
    return frame.go(place)


ROUTES = [
    list_registrations,
    export_registrations,
    show_registration,
    show_launches,
    show_launch,
    show_answers,
    show_statements,
    show_receipts,
    show_change,
    show_link,
    mark,
    act_on_registration,
]
