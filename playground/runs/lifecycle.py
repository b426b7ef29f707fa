"""Actions of people on a run (`worker/steps` has those of the worker)."""

import itertools
import json
import uuid
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from playground import database_clock, wake_ups
from playground.catalog.models import ModelSpec
from playground.money import format_amount
from playground.runs import advice, problems
from playground.runs.costs import budgets, prices
from playground.runs.costs.prices import Estimate
from playground.runs.files.references import attach_uploads
from playground.runs.models import FINISHED, Run, RunQuerySet, Status
from playground.teams import key_advice
from playground.teams.models import ApiKey, Membership, Workspace

MOST_AT_ONCE = 500  # runs that one request resumes


class NoKeyError(Exception):
    """The workspace has no usable API key for the model; the message says why, and what to do."""

    def __init__(self, workspace: Workspace, provider: str) -> None:
        advice = key_advice.explain_missing_key(workspace, provider=provider)
        message = advice.message if advice else _("The API key was changed. Press Generate again.")
        words = _("%(problem)s Owners can change this on the page API keys.")
        super().__init__(words % {"problem": message})


class NotAgreedError(Exception):
    """The cost of a run needs confirmation by its author; `estimate` says how much."""

    def __init__(self, estimate: Estimate, ask_above: Decimal) -> None:
        words = {"price": estimate.words, "limit": format_amount(ask_above)}
        super().__init__(
            _("This will cost %(price)s, above your %(limit)s limit. Generate anyway?") % words
        )
        self.estimate = estimate


def accept(
    membership: Membership,
    *,
    spec: ModelSpec,
    inputs: Any,
    token: uuid.UUID,
    is_shared: bool | None = None,
    agreed: Decimal | None = None,
    estimate: Estimate | None = None,
    template: dict[str, Any] | None = None,
    made_from: Run | None = None,
) -> Run:
    """Accept a run and queue it; does not wait for the provider.

    membership  of the author, in the workspace that pays
    token   of the rendered form: the same inputs with the same token are one submission (double
            click, reload, back button), and return the existing run
    is_shared  whether the workspace sees it; None for the workspace's default
    template  the inputs before variables were filled in, if there were any
    agreed  the cost that the author confirmed, if asked
    estimate  the cost, if known already
    made_from  the run that it was made from
    Raises  NoKeyError, NotAgreedError, OverBudgetError
    """
    facts = {
        "submission_token": identify_press(membership, inputs, token),
        "workspace": membership.workspace,
        "author_id": membership.user_id,
        "spec": spec,
        "api_key": find_key(membership.workspace, spec),
        "inputs": inputs,
        "template": template or {},
        "made_from": made_from,
        "is_shared": membership.workspace.shares_runs if is_shared is None else is_shared,
    }
    if known := Run.objects.filter(submission_token=facts["submission_token"]).first():
        return known  # before checking the budget, which may be exhausted
    estimate = estimate or prices.estimate(membership.workspace, spec, inputs)
    check_consent(membership.workspace, estimate, agreed)
    return create_once(membership, estimate, **facts)


def find_key(workspace: Workspace, spec: ModelSpec) -> ApiKey:
    """Return the API key that pays for runs of a model. Raises NoKeyError"""
    provider = spec.provider_in_use
    if api_key := workspace.current_key(provider):
        return api_key
    raise NoKeyError(workspace, provider)


def identify_press(membership: Membership, inputs: Any, token: uuid.UUID) -> uuid.UUID:
    """Return the submission token of a run: a hash of person, form token and inputs."""
    pressed = f"{membership.workspace_id} {membership.user_id} {json.dumps(inputs, sort_keys=True)}"
    return uuid.uuid5(token, pressed)


def check_consent(workspace: Workspace, estimate: Estimate, agreed: Decimal | None) -> None:
    """Check that the author has confirmed the maximum cost of an expensive run.

    Raises  NotAgreedError
    """
    most, ask_above = estimate.most, workspace.ask_above
    if most is None or ask_above is None or most <= ask_above:
        return
    if agreed is None or most > agreed:
        raise NotAgreedError(estimate, ask_above)


def create_once(membership: Membership, estimate: Estimate, **facts: Any) -> Run:
    """Create a run, or return the one that a concurrent request with its token created."""
    try:
        return create(membership, estimate, **facts)
    except IntegrityError:
        return Run.objects.get(submission_token=facts["submission_token"])


def create(membership: Membership, estimate: Estimate, **facts: Any) -> Run:
    with transaction.atomic():
        budgets.reserve(membership, estimate, facts["submission_token"])
        run = Run.objects.create(
            **facts,
            cost_expected=estimate.likely,
            cost_most=estimate.most,
            next_check_at=database_clock.now_expression(),
        )
        attach_uploads(membership, [run])
        wake_ups.wake_workers()
    return run


def cancel(run: Run) -> bool:
    """Cancel an unsent run; return False if it was sent."""
    unsent = Run.objects.filter(pk=run.pk, sent_at=None)
    with transaction.atomic():
        locked = unsent.select_for_update().filter(status=Status.PENDING).first()
        if locked is None:
            return False
        locked.move_to(Status.CANCELLED, **problems.NONE)
        locked.release(None)
    return True


def set_aside(run: Run) -> None:
    """Stop waiting for a run: an unsent one is cancelled, results of others are still stored."""
    if cancel(run):
        return
    Run.objects.filter(pk=run.pk, set_aside_at=None).update(
        set_aside_at=timezone.now(), revision=F("revision") + 1
    )


def resume_tracking(run: Run) -> None:
    """Undo `set_aside`."""
    Run.objects.filter(pk=run.pk).update(set_aside_at=None, revision=F("revision") + 1)
    retry_now(run)


def dismiss(run: Run) -> None:
    """Remove a failed run from the board; its page and the usage keep it."""
    over = Run.objects.filter(pk=run.pk, status__in=(Status.FAILED, Status.CANCELLED))
    over.update(dismissed_at=timezone.now(), revision=F("revision") + 1)


def retry_now(run: Run) -> None:
    """Retry now instead of later, unless the provider asked for a pause."""
    waiting = Run.objects.filter(pk=run.pk).exclude(next_check_at=None)
    waiting.exclude(problem="throttled").update(
        next_check_at=database_clock.now_expression(), revision=F("revision") + 1
    )
    wake_ups.wake_workers()


def share(run: Run) -> None:
    """Share a run with the workspace."""
    Run.objects.filter(pk=run.pk).update(is_shared=True, revision=F("revision") + 1)


def hide(run: Run) -> None:
    """Make a run private; others keep their copies of its outputs."""
    Run.objects.filter(pk=run.pk).update(is_shared=False, revision=F("revision") + 1)


def send_again(run: Run, membership: Membership) -> Run:
    """Start a new run with the same inputs, paid again; returns one in progress instead.

    Raises  NoKeyError, NotAgreedError, OverBudgetError
    """
    for number in itertools.count():
        token = uuid.uuid5(run.pk, str(number))
        again = accept(
            membership,
            spec=run.spec,
            inputs=run.inputs,
            token=token,
            is_shared=run.is_shared,
            template=run.template,
            made_from=run,
        )
        if not again.is_settled:
            break
    return again


def check_again(run: Run) -> bool:
    """Resume a run where it stopped, with the same idempotency key: charged at most once.

    Returns False if there is nothing to resume.
    """
    with transaction.atomic():
        locked = Run.objects.select_for_update().get(pk=run.pk)
        if not advice.can_be_asked_again(locked):
            return False
        if locked.status == Status.SUCCEEDED:
            locked.outputs.filter(stored_at=None).update(problem="", broken_tries=0)
            # Not the first attempt, so that the worker requests fresh links and missing files.
            begun_anew = problems.NONE | {"attempts": 1}
            locked.note(
                stored_at=None, history_at=None, set_aside_at=None, dismissed_at=None, **begun_anew
            )
        else:
            locked.move_to(
                Status.QUEUED if locked.task_id else Status.PENDING,
                history_at=None,
                set_aside_at=None,
                dismissed_at=None,
                **problems.NONE,
            )
        locked.release(database_clock.now_expression())
    return True


def check_all_again(runs: RunQuerySet) -> list[uuid.UUID]:
    """Resume all of these runs for which polling again may help, such as after an outage.

    Newest first, up to a limit; another request continues with the rest.
    """
    ended = runs.filter(status__in=FINISHED, problem__in=advice.names_to_ask_again())
    ended = ended.exclude(status=Status.SUCCEEDED, stored_at=None).order_by("-created_at")
    found = ended.values_list("pk", flat=True)[:MOST_AT_ONCE]
    return [pk for pk in found if check_again(Run(pk=pk))]
