"""Views of votes: the next pair, the vote, the results."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from playground.experiments import comparison
from playground.experiments.models import Experiment
from playground.experiments.voting import casting, csv_files, results, starting
from playground.experiments.voting.casting import NotCountedError
from playground.experiments.voting.results import Results
from playground.experiments.voting.starting import TooFewError
from playground.experiments.voting.tables import Voting
from playground.gallery import bulk_actions
from playground.gallery.bulk_action_views import find_back_address
from playground.gallery.filters import read_uuid
from playground.gallery.models import Collection
from playground.gallery.names import SortingError
from playground.teams.guards import requires
from playground.teams.rate_limits import LimitedAction, rate_limited
from playground.teams.roles import Permission
from playground.web import HtmxRequest, page_or_partial

MOST_LISTED = 100


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def list_votings(request: HtmxRequest) -> HttpResponseBase:
    """The list of votings; a POST starts one on an experiment, a collection or a selection."""
    if request.method == "POST":
        return begin(request)
    found = Voting.objects.visible_to(request.membership).select_related("author")
    listed = found.order_by("-created_at")[:MOST_LISTED]
    return render(request, "experiments/voting/list.html", {"votings": listed})


@requires(Permission.GENERATE)
def begin(request: HtmxRequest) -> HttpResponse:
    try:
        return redirect(start(request))
    except (TooFewError, SortingError) as error:
        messages.error(request, str(error))
    experiment = read_uuid(request.POST.get("experiment", ""))
    return (
        redirect("experiment", experiment) if experiment else redirect(find_back_address(request))
    )


def start(request: HtmxRequest) -> Voting:
    """Start a voting by the POST data. Raises TooFewError, SortingError, Http404."""
    membership = request.membership
    if text := request.POST.get("experiment"):
        seen = Experiment.objects.visible_to(membership)
        return starting.start_from_experiment(
            membership, get_object_or_404(seen, pk=read_uuid(text))
        )
    if text := request.POST.get("collection"):
        known = Collection.objects.visible_to(membership)
        return starting.start_from_collection(
            membership, get_object_or_404(known, pk=read_uuid(text))
        )
    chosen = bulk_actions.read_chosen(membership, request.POST.getlist("output"))
    return starting.start_from_selection(membership, chosen)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request: HtmxRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The next pair; a POST votes."""
    voting = find_voting(request, pk)
    if request.method == "POST":
        return receive_vote(request, voting)
    if not request.membership.can_generate:
        return redirect("vote_results", pk)
    return show_ballot(request, voting)


@rate_limited(LimitedAction.ACT_ON_RUN)
@requires(Permission.GENERATE)
def receive_vote(request: HtmxRequest, voting: Voting) -> HttpResponse:
    sent = request.POST
    try:
        casting.cast(
            voting,
            request.membership,
            sent.get("left", ""),
            sent.get("right", ""),
            sent.get("verdict", ""),
        )
    except NotCountedError as error:
        return show_ballot(request, voting, problem=str(error))
    return show_ballot(request, voting) if request.htmx else redirect(voting)


def show_ballot(request: HtmxRequest, voting: Voting, problem: str = "") -> HttpResponse:
    ballot = casting.read_ballot(voting, request.membership)
    context = {
        "voting": voting,
        "ballot": ballot,
        "stage": comparison.measure_stage(ballot.outputs) if ballot.outputs else None,
        "problem": problem,
    }
    status = 422 if problem else 200
    return page_or_partial(
        request, "experiments/voting/vote.html", "ballot", context, status=status
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_results(request: HtmxRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The results; a POST sets whether one's votes are shown with one's name."""
    voting = find_voting(request, pk)
    if request.method == "POST":
        return change_naming(request, voting)
    context = {"voting": voting, "results": Results(voting=voting, membership=request.membership)}
    return render(request, "experiments/voting/results.html", context)


@requires(Permission.GENERATE)
def change_naming(request: HtmxRequest, voting: Voting) -> HttpResponse:
    is_named = request.POST.get("named") == "yes"
    results.set_named(voting, request.membership, is_named=is_named)
    words = (
        _("Others can now see how you voted.") if is_named else _("How you voted is private again.")
    )
    messages.success(request, words)
    return redirect(reverse("vote_results", args=[voting.pk]))


@never_cache
@require_safe
def download_votes(request: HtmxRequest, pk: uuid.UUID) -> HttpResponse:
    found = Results(voting=find_voting(request, pk), membership=request.membership)
    return answer_csv(csv_files.write_votes(found), "votes.csv")


@never_cache
@require_safe
def download_table(request: HtmxRequest, pk: uuid.UUID) -> HttpResponse:
    found = Results(voting=find_voting(request, pk), membership=request.membership)
    return answer_csv(csv_files.write_standings(found), "votes-table.csv")


def answer_csv(text: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def find_voting(request: HtmxRequest, pk: uuid.UUID) -> Voting:
    visible = Voting.objects.visible_to(request.membership)
    return get_object_or_404(visible.select_related("experiment"), pk=pk)
