"""Views of the grid of an experiment."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from playground.compose.submission import read_agreed
from playground.experiments import progress, waiting
from playground.experiments.grid import read_grid
from playground.experiments.models import Experiment
from playground.runs.costs.budgets import OverBudgetError
from playground.runs.lifecycle import NoKeyError, NotAgreedError
from playground.schema.lists import join_sentences
from playground.teams.guards import requires
from playground.teams.rate_limits import LimitedAction, rate_limited
from playground.teams.roles import Permission
from playground.web import HtmxRequest, page_or_partial


@never_cache
@require_safe
def show_experiment(request: HtmxRequest, pk: uuid.UUID) -> HttpResponse:
    """The grid; for htmx the changed cells and the next poll interval."""
    return show(request, find_experiment(request, pk))


@require_POST
@rate_limited(LimitedAction.ACT_ON_RUN)
@requires(Permission.GENERATE)
def stop_rest(request: HtmxRequest, pk: uuid.UUID) -> HttpResponse:
    """Stop unfinished runs, and remove waiting cells."""
    experiment = find_experiment(request, pk)
    count = progress.stop(experiment, request.membership)
    count += waiting.leave_out(experiment, request.membership)
    words = ngettext("Stopped %(count)d run.", "Stopped %(count)d runs.", count)
    messages.info(request, words % {"count": count})
    return redirect(experiment)


@require_POST
@rate_limited(LimitedAction.GENERATE)
@requires(Permission.GENERATE)
def retry_failed(request: HtmxRequest, pk: uuid.UUID) -> HttpResponse:
    """Send the failed runs again."""

    def retry(experiment: Experiment, agreed: Decimal | None) -> str:
        retried = progress.retry_failed(experiment, request.membership, agreed=agreed)
        return describe_retried(retried)

    return send(request, find_experiment(request, pk), "retry_experiment", retry)


@require_POST
@rate_limited(LimitedAction.GENERATE)
@requires(Permission.GENERATE)
def start_rest(request: HtmxRequest, pk: uuid.UUID) -> HttpResponse:
    """Start waiting cells within the budget."""

    def start(experiment: Experiment, agreed: Decimal | None) -> str:
        count = waiting.start_rest(experiment, request.membership, agreed=agreed)
        words = ngettext("Started %(count)d run.", "Started %(count)d runs.", count)
        return words % {"count": count}

    return send(request, find_experiment(request, pk), "start_rest_of_experiment", start)


def send(
    request: HtmxRequest,
    experiment: Experiment,
    asked_by: str,
    act: Callable[[Experiment, Decimal | None], str],
) -> HttpResponse:
    """Perform an action that may cost money; render its result, or the price confirmation.

    asked_by  name of the URL that the confirmation is posted to
    act       takes the confirmed price, returns the message
    """
    try:
        words = act(experiment, read_agreed(request.POST.get("agreed", "")))
    except NotAgreedError as question:
        return show(request, experiment, status=422, question=question, asked_by=asked_by)
    except (NoKeyError, OverBudgetError) as error:
        return show(request, experiment, problem=str(error), status=422)
    messages.info(request, words)
    return redirect(experiment)


@require_POST
@rate_limited(LimitedAction.ACT_ON_RUN)
@requires(Permission.GENERATE)
def leave_out_rest(request: HtmxRequest, pk: uuid.UUID) -> HttpResponse:
    """Remove waiting cells."""
    experiment = find_experiment(request, pk)
    count = waiting.leave_out(experiment, request.membership)
    words = ngettext("Left out %(count)d run.", "Left out %(count)d runs.", count)
    messages.info(request, words % {"count": count})
    return redirect(experiment)


def describe_retried(retried: progress.Retried) -> str:
    words = ngettext("Sent %(count)d run again.", "Sent %(count)d runs again.", retried.sent)
    sentences = [words % {"count": retried.sent}]
    if retried.refused:
        words = _("%(count)d cannot be sent as they are.")
        sentences.append(words % {"count": retried.refused})
    words = _("%(model)s was retired. Nothing more can be sent to it.")
    sentences += [words % {"model": title} for title in retried.retired]
    return join_sentences(sentences)


def find_experiment(request: HtmxRequest, pk: uuid.UUID) -> Experiment:
    visible = Experiment.objects.visible_to(request.membership).with_waiting()
    return get_object_or_404(visible.select_related("spec", "author"), pk=pk)


def show(
    request: HtmxRequest, experiment: Experiment, *, status: int = 200, **context: Any
) -> HttpResponse:
    grid = read_grid(request.membership, experiment, request.GET)
    facts = {"grid": grid, "experiment": experiment, "spec": experiment.spec} | context
    return page_or_partial(request, "experiments/grid.html", "news", facts, status=status)
