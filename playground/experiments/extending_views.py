"""Views that extend an experiment: number and cost of the runs first, then the start."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from playground.compose.submission import read_agreed
from playground.experiments import acceptance
from playground.experiments.acceptance import ExtendedMeanwhileError
from playground.experiments.arrangement import NONE, read_number
from playground.experiments.axes import AxisKind
from playground.experiments.extending import AddedValues, Extension, RepeatedRow
from playground.experiments.grid import ALL_RUNS
from playground.experiments.grid_views import find_experiment
from playground.experiments.models import Experiment
from playground.experiments.views import find_refused, read_plan_context
from playground.runs.costs.budgets import OverBudgetError
from playground.runs.lifecycle import NoKeyError, NotAgreedError
from playground.teams.guards import requires
from playground.teams.rate_limits import LimitedAction, rate_limited
from playground.teams.roles import Permission
from playground.web import HtmxRequest, wants_partial


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.GENERATE)
def add_values(request: HtmxRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The page for new axis values; a POST counts the runs, or starts them."""
    extension = AddedValues(
        membership=request.membership,
        experiment=find_extendable(request, pk),
        data=request.POST,
        is_whole=request.POST.get("do") == "start",
    )
    return answer(request, extension)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.GENERATE)
def repeat_row(request: HtmxRequest, pk: uuid.UUID, row: str) -> HttpResponseBase:
    """The page that repeats a row; a POST starts the runs."""
    experiment = find_extendable(request, pk)
    axis, value = read_row(experiment, row)
    extension = RepeatedRow(
        membership=request.membership,
        experiment=experiment,
        data=request.POST,
        is_whole=True,
        axis=axis,
        value=value,
    )
    return answer(request, extension)


def find_extendable(request: HtmxRequest, pk: uuid.UUID) -> Experiment:
    """Return an experiment that the user may extend. Raises Http404, PermissionDenied."""
    experiment = find_experiment(request, pk)
    if not experiment.can_be_extended_by(request.membership):
        raise PermissionDenied(
            _("Some runs of this experiment are private. Only its author can add to it.")
        )
    return experiment


def read_row(experiment: Experiment, row: str) -> tuple[int, int]:
    """Parse "<axis>-<value>", like "0-2", or "all". Raises Http404."""
    axes = experiment.read_axes()
    if row == ALL_RUNS and len(axes) == 1 and axes[0].kind != AxisKind.REPEAT:
        return NONE, NONE
    first, _dash, second = row.partition("-")
    axis = read_number(first, len(axes), NONE)
    value = read_number(second, len(axes[axis].values), NONE) if axis != NONE else NONE
    if value == NONE:
        raise Http404
    return axis, value


def answer(request: HtmxRequest, extension: Extension) -> HttpResponseBase:
    if request.method != "POST":
        return show(request, extension)
    act = start if request.POST.get("do") == "start" else count
    return act(request, extension)


@rate_limited(LimitedAction.CHANGE_FORM)
def count(request: HtmxRequest, extension: Extension) -> HttpResponse:
    """Render the number and the cost of the runs."""
    if wants_partial(request):
        context = read_context(request, extension)
        return render(request, "experiments/add.html#counted", context)
    return show(request, extension)


@rate_limited(LimitedAction.GENERATE)
def start(request: HtmxRequest, extension: Extension) -> HttpResponse:
    """Start all runs, or render the reason why not."""
    experiment = extension.experiment
    token = acceptance.identify_addition(request.membership, experiment, request.POST)
    if acceptance.is_known(token):
        return redirect(experiment)
    if problem := find_obstacle(request, extension):
        return show(request, extension, problem=problem, status=422)
    try:
        extend(request, extension, token)
    except NotAgreedError as question:
        return show(request, extension, question=question, status=422)
    except (ExtendedMeanwhileError, NoKeyError, OverBudgetError) as error:
        return show(request, extension, problem=str(error), status=422)
    return redirect(experiment)


def find_obstacle(request: HtmxRequest, extension: Extension) -> str:
    """Return the reason why nothing can be sent, or ""."""
    if extension.has_errors:
        return _("Correct the fields that are marked.")
    return extension.plan.problem or find_refused(request, extension.plan)


def extend(request: HtmxRequest, extension: Extension, token: uuid.UUID) -> None:
    """Extend. Raises ExtendedMeanwhileError, NotAgreedError, NoKeyError, OverBudgetError."""
    acceptance.extend(
        request.membership,
        extension.experiment,
        axes=extension.axes,
        cells=extension.plan.cells,
        token=token,
        agreed=read_agreed(request.POST.get("agreed", "")),
    )


def show(
    request: HtmxRequest, extension: Extension, *, status: int = 200, **context: Any
) -> HttpResponse:
    facts = read_context(request, extension) | context
    return render(request, "experiments/add.html", facts, status=status)


def read_context(request: HtmxRequest, extension: Extension) -> dict[str, Any]:
    return {
        **read_plan_context(request, extension.plan),
        "composition": extension,
        "experiment": extension.experiment,
    }
