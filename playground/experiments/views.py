"""Views that list and compose experiments."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from playground.catalog.models import ModelSpec
from playground.compose.submission import read_agreed, read_sharing, read_token
from playground.experiments import acceptance
from playground.experiments.composing import Composition
from playground.experiments.models import Experiment
from playground.experiments.planning import Plan
from playground.runs.costs import budgets
from playground.runs.costs.budgets import OverBudgetError
from playground.runs.lifecycle import NoKeyError, NotAgreedError
from playground.teams.guards import requires
from playground.teams.rate_limits import LimitedAction, rate_limited
from playground.teams.roles import Permission
from playground.web import HtmxRequest, wants_partial

MOST_LISTED = 100


@never_cache
@require_safe
def list_experiments(request: HtmxRequest) -> HttpResponse:
    """The newest experiments that a member sees."""
    found = Experiment.objects.visible_to(request.membership).select_related("spec", "author")
    listed = found.order_by("-created_at")[:MOST_LISTED]
    return render(request, "experiments/list.html", {"experiments": listed})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.GENERATE)
def compose_experiment(request: HtmxRequest) -> HttpResponseBase:
    """The page that sets several values for fields; a POST counts the runs, or starts them."""
    if not request.GET.get("model"):
        return redirect("models")
    specs = ModelSpec.objects.current(request.workspace)
    if request.method == "POST":  # keep what was typed, and show what changed meanwhile
        specs = ModelSpec.objects.newest(request.workspace)
    spec = get_object_or_404(specs, slug=request.GET["model"].replace("\0", ""))
    if request.method != "POST":
        return show(request, read_composition(request, spec))
    return start(request, spec) if request.POST.get("do") == "start" else count(request, spec)


def read_composition(
    request: HtmxRequest, spec: ModelSpec, *, is_whole: bool = False
) -> Composition:
    data: MultiValueDict[str, Any] = request.POST if request.method == "POST" else request.GET
    return Composition(
        membership=request.membership,
        spec=spec,
        asked=request.GET,
        data=data,
        is_whole=is_whole,
    )


@rate_limited(LimitedAction.CHANGE_FORM)
def count(request: HtmxRequest, spec: ModelSpec) -> HttpResponse:
    """Render the number and the cost of the runs."""
    composition = read_composition(request, spec)
    if wants_partial(request):
        context = read_context(request, composition)
        return render(request, "experiments/new.html#counted", context)
    return show(request, composition)


@rate_limited(LimitedAction.GENERATE)
def start(request: HtmxRequest, spec: ModelSpec) -> HttpResponse:
    """Start all runs, or render the reason why not."""
    composition = read_composition(request, spec, is_whole=True)
    if problem := find_obstacle(request, composition):
        return show(request, composition, problem=problem, status=422)
    try:
        experiment = make(request, composition)
    except NotAgreedError as question:
        return show(request, composition, question=question, status=422)
    except (NoKeyError, OverBudgetError) as error:
        return show(request, composition, problem=str(error), status=422)
    return redirect(experiment)


def find_obstacle(request: HtmxRequest, composition: Composition) -> str:
    """Return the reason why nothing can be sent, or ""."""
    if composition.has_errors:
        return _("Correct the fields that are marked.")
    plan = composition.plan
    if request.POST.get("base", composition.digest) != composition.digest:
        return _("The form of the model was changed meanwhile. Look at its settings again.")
    return plan.problem or find_refused(request, plan)


def find_refused(request: HtmxRequest, plan: Plan) -> str:
    """Return the error for refused cells whose omission is not confirmed, or ""."""
    if plan.refused and request.POST.get("without") != str(len(plan.refused)):
        return _("Some combinations cannot be sent. Leave them out, or change the values.")
    return ""


def make(request: HtmxRequest, composition: Composition) -> Experiment:
    """Make an experiment. Raises NotAgreedError, NoKeyError, OverBudgetError."""
    plan, state = composition.plan, composition.state
    return acceptance.accept(
        request.membership,
        spec=composition.spec,
        title=composition.title,
        inputs=state.form.value,
        axes=plan.axes,
        cells=plan.cells,
        token=read_token(request.POST.get("submission", "")),
        settings=composition.settings,
        is_shared=read_sharing(request, state.opened_from),
        agreed=read_agreed(request.POST.get("agreed", "")),
    )


def show(
    request: HtmxRequest, composition: Composition, *, status: int = 200, **context: Any
) -> HttpResponse:
    facts = read_context(request, composition) | context
    return render(request, "experiments/new.html", facts, status=status)


def read_context(request: HtmxRequest, composition: Composition) -> dict[str, Any]:
    return {
        **read_plan_context(request, composition.plan),
        "composition": composition,
        "spec": composition.spec,
        "is_shared": read_sharing(request, composition.state.opened_from)
        if request.method == "POST"
        else composition.state.is_shared,
    }


def read_plan_context(request: HtmxRequest, plan: Plan) -> dict[str, Any]:
    """Return what a form shows that sends the runs of a plan; a sent token stays the same."""
    sent = request.POST.get("submission", "")
    return {
        "plan": plan,
        "token": read_token(sent) if sent else uuid.uuid4(),
        "budget_statuses": budgets.list_statuses(request.membership),
    }
