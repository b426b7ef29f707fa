"""Views of the actions on a run."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from playground.runs import lifecycle
from playground.runs.models import Run
from playground.runs.pages import board
from playground.teams import audit, guards
from playground.teams.audit import AuditEvent
from playground.teams.guards import requires
from playground.teams.models import Membership
from playground.teams.rate_limits import LimitedAction, rate_limited
from playground.teams.roles import Permission
from playground.web import HtmxRequest, wants_partial

LOOK_AGAIN_MS = 300

NOT_YOURS_TO_STOP = _("Only the author of the run, or an owner, can stop this.")
NOT_YOURS_TO_DISMISS = _("Only the author or an owner can dismiss this.")
NOT_YOURS_TO_SHOW = _("Only the author of the run chooses who sees it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAction:
    """An action on a run.

    is_open_to  who may use it, of members who see the run and may generate
    refusal     the error message for others
    """

    do: Callable[[Run], object]
    is_open_to: Callable[[Run, Membership], bool] = lambda _run, _membership: True
    refusal: object = ""


def may_stop(run: Run, membership: Membership) -> bool:
    return membership.is_owner or is_author(run, membership)


def is_author(run: Run, membership: Membership) -> bool:
    return run.author_id == membership.user_id


ACTIONS: dict[str, RunAction] = {
    "cancel": RunAction(do=lifecycle.cancel, is_open_to=may_stop, refusal=NOT_YOURS_TO_STOP),
    "set-aside": RunAction(do=lifecycle.set_aside, is_open_to=may_stop, refusal=NOT_YOURS_TO_STOP),
    "wait": RunAction(do=lifecycle.resume_tracking, is_open_to=may_stop, refusal=NOT_YOURS_TO_STOP),
    "share": RunAction(do=lifecycle.share, is_open_to=is_author, refusal=NOT_YOURS_TO_SHOW),
    "hide": RunAction(do=lifecycle.hide, is_open_to=is_author, refusal=NOT_YOURS_TO_SHOW),
    "dismiss": RunAction(do=lifecycle.dismiss, is_open_to=may_stop, refusal=NOT_YOURS_TO_DISMISS),
    "hurry": RunAction(do=lifecycle.retry_now),
    "ask": RunAction(do=lifecycle.check_again),
}


@require_POST
@rate_limited(LimitedAction.ACT_ON_RUN)
@requires(Permission.GENERATE)
def act_on_run(request: HtmxRequest, pk: uuid.UUID, action: str) -> HttpResponse:
    """Run an action on a run and render its card, also if the action came too late."""
    run = get_object_or_404(Run.objects.visible_to(request.membership), pk=pk)
    if action == "ask-all":
        return check_all_again(request, run)
    if action not in ACTIONS:
        raise Http404
    chosen = ACTIONS[action]
    if not chosen.is_open_to(run, request.membership):
        return guards.refuse(request, str(chosen.refusal))
    chosen.do(run)
    if chosen.is_open_to is may_stop and not is_author(run, request.membership):
        facts = {"how": action, "run": run.pk, "author": run.author, "workspace": run.workspace}
        audit.log_event(request, AuditEvent.RUN_CHANGED, **facts)
    return show_result(request, run)


def check_all_again(request: HtmxRequest, run: Run) -> HttpResponse:
    """Resume this run, and all others of the same person with the same problem."""
    asked = lifecycle.check_all_again(board.runs_shown_to(request.membership))
    if run.pk not in asked and lifecycle.check_again(run):
        asked.append(run.pk)  # a run of another person
    return show_result(request, run, *asked)


def show_result(request: HtmxRequest, run: Run, *others: uuid.UUID) -> HttpResponse:
    if not wants_partial(request):
        return redirect(run)
    shown = board.read_board(Run.objects.filter(pk__in=[run.pk, *others]).for_cards())
    # Other runs of the page may be unfinished: its next poll, soon, sets the interval for all.
    # The poller is swapped out of band, because the previous one may be gone.
    news = replace(shown, pace_ms=LOOK_AGAIN_MS)
    return render(request, "runs/live.html", {"board": news, "is_oob": True})
