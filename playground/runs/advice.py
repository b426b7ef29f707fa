"""Chooses the advice on the problem of a run, and the action that it offers.

A waiting run continues automatically; an ended one with a problem can be resumed by one suitable
action. The names are those of `problems.py`; "" means all others.
"""

from dataclasses import replace

from django.conf import settings

from playground import database_clock
from playground.providers import registry
from playground.runs.advice_texts import ENDED, SENDING, WAITING, Advice, Remedy
from playground.runs.models import Run, Status


def advise(run: Run) -> Advice | None:
    """Return the advice on the problem of a run; None if it has none."""
    if not run.problem:
        return None
    if run.is_settled:
        is_too_late = run.problem == "unanswered" and is_forgotten(run)
        return ENDED.get("forgotten" if is_too_late else run.problem, ENDED[""])
    if run.status == Status.PENDING:
        found = SENDING.get(run.problem) or WAITING.get(run.problem) or SENDING[""]
        setting = registry.get(run.api_key.provider).base_url_setting
        return replace(found, help=found.help % {"setting": setting})
    return WAITING.get(run.problem, WAITING[""])


def is_forgotten(run: Run) -> bool:
    """Whether the provider may have forgotten the idempotency key of an unanswered request."""
    if run.sent_at is None or run.task_id:
        return False
    return database_clock.now() - run.sent_at > settings.IDEMPOTENCY_LIFETIME


def can_be_asked_again(run: Run) -> bool:
    advice = advise(run)
    is_advised = advice is not None and advice.action == Remedy.ASK
    return run.is_settled and (is_advised or is_short(run))


def names_to_ask_again() -> set[str]:
    """Return the problems of ended runs for which polling again may help, at no cost."""
    return {name for name, advice in ENDED.items() if name and advice.action == Remedy.ASK}


def is_short(run: Run) -> bool:
    """Whether a successful run has fewer files than its inputs request."""
    asked = run.inputs.get("n") if isinstance(run.inputs, dict) else None
    has_succeeded = run.is_settled and run.status == Status.SUCCEEDED
    return has_succeeded and isinstance(asked, int) and 0 < len(run.outputs.all()) < asked
