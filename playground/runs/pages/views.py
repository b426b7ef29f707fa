"""Views of the page of a run, and of the live updates of pages. They only read the database."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from playground.providers import registry
from playground.providers.programs import write_json
from playground.runs.files.uploads import UploadStore
from playground.runs.models import Run, RunQuerySet
from playground.runs.pages import (
    board,
    durations,
    exchange,
    live_updates,
    poll_pauses,
    waiting,
)
from playground.runs.pages.family import read_family
from playground.runs.pages.followed import Followed
from playground.runs.pages.glimpses import glance
from playground.runs.pages.in_progress import hash_running, read_running
from playground.runs.pages.summary import summarize
from playground.runs.pages.timeline import read_account, read_timeline
from playground.runs.variable_entries import find_variables
from playground.teams.models import Membership
from playground.web import HtmxRequest, page_or_partial, wants_partial

# Poll interval for the provider's event history, which arrives after the pictures.
HISTORY_MS = 1000


@never_cache
@require_safe
@poll_pauses.timed
def show_changes(request: HtmxRequest) -> HttpResponse:
    """The changed runs of a page: one poll per page, not per run; 204 if nothing changed.

    With `after` and the slug of the page's `model` in the query string, also the runs after that
    one, whose response got lost. With `since` and that slug, also those that colleagues started
    since then.
    """
    page = live_updates.Shown.read(request.GET)
    found = waiting.read_patiently(
        request, lambda: read_news(request, page), lambda found: not page.may_wait(found)
    )
    if page.is_current(found):
        return poll_pauses.answer_current(request, found.pace_ms)
    found = replace(found, pace_ms=waiting.quicken(found.pace_ms))
    return render(request, "runs/live.html", {"board": found, "is_oob": "after" in request.GET})


def read_news(request: HtmxRequest, page: live_updates.Shown) -> board.Board:
    is_team = "since" in request.GET
    followed = Followed(membership=request.membership, team=is_team)
    of_model = replace(followed, slug=request.GET.get("model", ""))
    if "after" in request.GET:
        return live_updates.read_newer(of_model, page, request.GET["after"])
    if is_team:
        since = board.read_moment(request.GET["since"]) or timezone.now()
        found = live_updates.read_arrivals(of_model, page, since)
    else:
        found = live_updates.read_changes(followed, page)
    is_counted = found.has_settled and "model" in request.GET
    return replace(found, count=board.count_outputs(of_model)) if is_counted else found


@never_cache
@require_safe
@poll_pauses.timed
def show_running(request: HtmxRequest) -> HttpResponse:
    """The person's runs in progress for the navigation bar; 204 if nothing changed."""
    if request.GET.get("seen") == hash_running(request.membership):
        return HttpResponse(status=204)
    running = read_running(request.membership)
    return render(request, "frame/running.html", {"running": running})


@never_cache
@require_safe
@poll_pauses.timed
def show_run(request: HtmxRequest, pk: uuid.UUID) -> HttpResponse:
    """The page of one run; only its card for htmx. It only reads the database."""
    if wants_partial(request) and is_current(request, pk):
        return HttpResponse(status=204)  # nothing to swap, so focus and open details are kept
    runs = Run.objects.visible_to(request.membership).filter(pk=pk)
    run = get_object_or_404(runs.for_cards().prefetch_related("events"))
    return page_or_partial(request, "runs/show.html", "news", read_page(run, request.membership))


@require_POST
def note_seen(request: HtmxRequest) -> HttpResponse:
    """Record that pictures of the user's own runs were displayed in the browser."""
    if request.is_demo or request.workspace.measures_display:
        durations.note_seen(request.membership, request.POST.getlist("output"))
    return HttpResponse(status=204)


def is_current(request: HtmxRequest, pk: uuid.UUID) -> bool:
    """Whether the page of a run is current."""
    state = glance(Followed(membership=request.membership, team=True), shown_alone, [pk])
    is_same = [str(each.revision) for each in state.glimpses.values()] == [request.GET.get("seen")]
    return is_same and state.is_stalled == ("stalled" in request.GET)


def shown_alone(runs: RunQuerySet, values: Mapping[str, Any]) -> list[RunQuerySet]:
    return [runs.filter(pk__in=values["ids"])]


def read_page(run: Run, membership: Membership) -> dict[str, Any]:
    """Return the context of the page of a run."""
    shown = board.make_board([run])
    store = UploadStore(membership)
    provider = registry.get(run.api_key.provider)
    return {
        "board": replace(shown, pace_ms=HISTORY_MS) if run.awaits_history else shown,
        "run": run,
        "timeline": read_timeline(run),
        "account": read_account(run),
        "parts": durations.read_parts(run),
        "template": find_variables(
            run.spec.form.open(run.template["inputs"]), run.template["values"]
        )
        if run.template
        else None,
        "family": read_family(run, membership),
        "inputs": summarize(run, store),
        "programs": SimpleLazyObject(
            lambda: exchange.write_programs(
                provider, run.spec.slug, run.form.hide_secrets(run.inputs), store
            )
        ),
        "provider": provider,
        "sent": SimpleLazyObject(lambda: write_json(exchange.read_request(run, store))),
        "answers": write_json(exchange.read_answers(run)),
    }
