"""Explains the problem of a run, with one button."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from playground.money import format_amount
from playground.runs.advice import advise, is_short
from playground.runs.advice_texts import Advice, Remedy
from playground.runs.models import Run, Status

OF_THE_KEY = {"key_refused", "key_unreadable", "key_gone", "out_of_funds"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """The button of an explanation.

    action  value POSTed to the run; "" for a link
    """

    label: str
    url: str
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The explanation of a run's problem.

    message  the provider's message, or ours; "" if the title is sufficient
    charged  a sentence on the cost
    is_free  certainly not charged
    detail   the raw response
    is_over  it has ended; else it continues automatically
    next_at  time of the next retry; None if it has ended
    owners   the page where owners can fix it; "" if there is none
    """

    title: str
    message: str
    charged: str
    is_free: bool
    help: str
    button: Button | None
    detail: str
    is_over: bool
    next_at: datetime | None = None
    owners: str = ""


def explain(run: Run) -> Explanation | None:
    """Return the explanation of a run's problem; None if it has none."""
    advice = advise(run)
    if advice is not None:
        return Explanation(
            title=str(advice.title),
            message=run.problem_words,
            charged=describe_charge(run),
            is_free=is_free(run),
            help=say_help(run, advice),
            button=make_button(run, advice),
            detail=run.problem_detail,
            is_over=run.is_settled,
            next_at=None if run.is_settled else run.next_check_at,
            owners=reverse("keys") if run.problem in OF_THE_KEY else "",
        )
    return explain_shortage(run)


def say_help(run: Run, advice: Advice) -> str:
    """Return the advice; names the missing API key that could end a doubt."""
    if run.is_settled or not run.is_in_doubt or run.problem not in OF_THE_KEY:
        return str(advice.help)
    words = _(
        "%(help)s It was sent with the key %(key)s, and no other key can tell what became of it."
    )
    return words % {"help": advice.help, "key": run.api_key}


def explain_shortage(run: Run) -> Explanation | None:
    """Explain that fewer files arrived than the inputs request, without another problem."""
    if not is_short(run):
        return None
    counts = {"came": len(run.outputs.all()), "asked": run.inputs["n"]}
    return Explanation(
        title=_("%(came)d of %(asked)d received") % counts,
        message="",
        charged=describe_charge(run),
        is_free=is_free(run),
        help=_(
            "The provider made fewer than requested, and calls it done. Checking for the rest is "
            "free, and may help."
        ),
        button=Button(label=_("Check again"), url=action_url(run, "ask"), action="ask"),
        detail="",
        is_over=True,
    )


def is_free(run: Run) -> bool:
    """Whether it was certainly not charged."""
    if run.cost_actual is not None:
        return not run.cost_actual
    return not run.task_id and not run.sent_at


def describe_charge(run: Run) -> str:
    """Return a sentence on the known cost."""
    if is_free(run):
        return _("Nothing was charged.")
    if run.cost_actual is not None:
        return _("%(cost)s was charged.") % {"cost": format_amount(run.cost_actual)}
    if not run.task_id:
        return _("It may have been charged, once at most: its answer was lost on the way.")
    if run.status in {Status.FAILED, Status.CANCELLED}:
        return _("It was accepted, so it may have been charged; the provider has not said.")
    return _("You pay once, however often it is checked.")


def make_button(run: Run, advice: Advice) -> Button | None:
    form = f"{run.spec.get_absolute_url()}?from={run.pk}"
    is_offered = not run.spec.is_retired
    match advice.action:
        case Remedy.CHANGE if is_offered:
            return Button(label=_("Edit and retry"), url=form)
        case Remedy.CHOOSE | Remedy.CHANGE:
            return Button(label=_("Choose another model"), url=reverse("models"))
        case Remedy.SEND if is_offered:
            label = _("Try again, may be charged twice") if run.is_in_doubt else _("Try again")
            return Button(label=label, url=action_url(run, "again"), action="again")
        case Remedy.ASK:
            return Button(label=_("Check again"), url=action_url(run, "ask"), action="ask")
        case Remedy.TRY:
            return Button(label=_("Try now"), url=action_url(run, "hurry"), action="hurry")
    return None


def action_url(run: Run, action: str) -> str:
    return reverse("act_on_run", args=[run.pk, action])
