"""What a person should know of each problem, and the one thing to do about it.

A run that waits goes on by itself; one that has ended with a problem may be taken up again by the
one action that makes sense. The names are those of `problems.py`; "" stands for all others.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from playground import database_clock
from playground.providers import registry
from playground.runs.models import Run, Status

type Words = str | Promise


class Action(StrEnum):
    """The one thing to do about a problem.

    CHANGE     the form, with these inputs in it
    CHOOSE     the choice of models
    SEND       a new run with the same inputs, under a new idempotency key
    ASK        take this very run up again where it stood: charged at most once
    TRY        do now what is tried again later by itself
    NOTHING    it goes on by itself, and hurrying it would be wrong
    """

    CHANGE = "change"
    CHOOSE = "choose"
    SEND = "send"
    ASK = "ask"
    TRY = "try"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What happened, whether trying again helps, and the one thing to do.

    help  while a run waits to be sent, %(setting)s is the setting with its provider's address
    """

    title: Words
    help: Words
    action: Action


CHANGE_AND_GO = _("Trying the same again will not help. Change the inputs and generate again.")
BY_ITSELF = _("It is tried again by itself; nothing has to be done.")

# While the run waits to be accepted, as far as that differs from waiting later on.
SENDING: dict[str, Advice] = {
    "key_refused": Advice(
        title=_("The service refuses the API key at the moment"),
        help=_(
            "Whoever looks after this installation has to see to the key. An earlier try may have "
            "been accepted, so it is asked for again by itself."
        ),
        action=Action.TRY,
    ),
    "key_gone": Advice(
        title=_("The API key is missing that can tell what became of this"),
        help=_(
            "Once the same key is stored again, it is asked for by itself. After a day the service "
            "forgets it, and it is given up."
        ),
        action=Action.TRY,
    ),
    "service_moved": Advice(
        title=_("The service has another address now, so it cannot be asked what became of this"),
        help=_(
            "It may have been accepted and charged at the earlier address. With that address in "
            "%(setting)s again it is asked for. After a day it fails."
        ),
        action=Action.TRY,
    ),
    "reference_gone": Advice(
        title=_("A file is missing that is needed to ask what became of this"),
        help=_(
            "An earlier try may have been accepted. It is asked for again by itself where the file "
            "comes back, as from a backup. After a day the service forgets it, and it is given up."
        ),
        action=Action.TRY,
    ),
    "conflict": Advice(
        title=_("The service says that it has this request already"),
        help=_(
            "So it may have accepted it, although it never told us. It is asked for again by "
            "itself for a while."
        ),
        action=Action.TRY,
    ),
    "storage": Advice(
        title=_("The files among the inputs cannot be read here at the moment"),
        help=_(
            "Whoever looks after this installation has to mend the storage. Then it goes on by "
            "itself."
        ),
        action=Action.TRY,
    ),
    "": Advice(
        title=_("The service does not accept this at the moment"),
        help=_(
            "An earlier try may have been accepted although its answer was lost, so it is asked "
            "for again by itself for a while."
        ),
        action=Action.TRY,
    ),
}

# While the run waits.
WAITING: dict[str, Advice] = {
    "": Advice(
        title=_("The service does not say how this run stands"), help=BY_ITSELF, action=Action.TRY
    ),
    "key_unreadable": Advice(
        title=_("The stored API key cannot be opened"),
        help=_(
            "Whoever looks after this installation has to set ENCRYPTION_KEYS, or SECRET_KEY, to "
            "what it was when the key was stored. Then it goes on by itself."
        ),
        action=Action.TRY,
    ),
    "unavailable": Advice(
        title=_("The service does not answer as it should"), help=BY_ITSELF, action=Action.TRY
    ),
    "throttled": Advice(
        title=_("The service asks for a pause"),
        help=_("It takes only so much at a time. Your run is kept and goes on by itself."),
        action=Action.NOTHING,
    ),
    "key_refused": Advice(
        title=_("The service refuses the API key at the moment"),
        help=_(
            "Whoever looks after this installation has to see to the key. What was sent is not "
            "lost: it is asked for again by itself."
        ),
        action=Action.TRY,
    ),
    "out_of_funds": Advice(
        title=_("The account at the service is empty"),
        help=_("Once money has been added, it goes on by itself."),
        action=Action.TRY,
    ),
    "lost": Advice(
        title=_("The service does not find this run at the moment"),
        help=_(
            "It may find it again. It is asked by itself, ever more seldom, for two days; then it "
            "is given up. Nothing is charged for asking."
        ),
        action=Action.TRY,
    ),
    "no_output": Advice(
        title=_("The service says that it is done, but has sent nothing yet"),
        help=_(
            "It may still send it. It is asked by itself, ever more seldom, for two days; then it "
            "is given up. Nothing is charged for asking."
        ),
        action=Action.TRY,
    ),
    "file_unavailable": Advice(
        title=_("It is made, but it does not arrive"),
        help=_("It is fetched again by itself, with a fresh link."),
        action=Action.TRY,
    ),
    "broken_file": Advice(
        title=_("It is made, but it seems to have arrived damaged"),
        help=_("What came is kept, and it is fetched again by itself."),
        action=Action.TRY,
    ),
    "storage": Advice(
        title=_("It is made, but it cannot be stored here yet"),
        help=_(
            "Whoever looks after this installation has to make room or mend the storage. It is "
            "stored by itself as soon as that is done."
        ),
        action=Action.TRY,
    ),
    "internal": Advice(
        title=_("Something went wrong in this program"),
        help=_("Its log tells what. It is tried again by itself."),
        action=Action.TRY,
    ),
}

# When it has ended.
ENDED: dict[str, Advice] = {
    "": Advice(
        title=_("Something went wrong in this program"),
        help=_("Its log tells what. Asking again is safe."),
        action=Action.ASK,
    ),
    "forgotten": Advice(
        title=_("Nobody knows what became of it"),
        help=_(
            "The service forgets the numbers of its requests after a day, so asking again could "
            "be charged a second time. Look into its own list of requests, and send it again only "
            "where it is not there."
        ),
        action=Action.SEND,
    ),
    "cancelled_there": Advice(
        title=_("The service cancelled this"),
        help=_("Sending it again may help."),
        action=Action.SEND,
    ),
    "invalid_input": Advice(
        title=_("The service did not accept the inputs"), help=CHANGE_AND_GO, action=Action.CHANGE
    ),
    "key_refused": Advice(
        title=_("The service refused the API key"),
        help=_(
            "Whoever looks after this installation has to put in a key that works; then sending "
            "it again will help."
        ),
        action=Action.SEND,
    ),
    "key_gone": Advice(
        title=_("Its API key was deleted before it was sent"),
        help=_("Sent again, it is paid with the current key."),
        action=Action.SEND,
    ),
    "out_of_funds": Advice(
        title=_("The account at the service is empty"),
        help=_("Once somebody has added money to it, sending it again will help."),
        action=Action.SEND,
    ),
    "declined": Advice(
        title=_("The service declined this for its content"),
        help=_("Sending the same again will not help. Word it differently, or use other pictures."),
        action=Action.CHANGE,
    ),
    "conflict": Advice(
        title=_("The service took this for another request"),
        help=_("Sent again, it counts as a new request, and should be accepted."),
        action=Action.SEND,
    ),
    "unknown_model": Advice(
        title=_("The service has no model of this name"),
        help=_("Trying again will not help. Choose another model."),
        action=Action.CHOOSE,
    ),
    "refused": Advice(
        title=_("The service refused this request"), help=CHANGE_AND_GO, action=Action.CHANGE
    ),
    "reference_gone": Advice(
        title=_("A file among the inputs is not here any more"),
        help=_("Choose it again and generate anew."),
        action=Action.CHANGE,
    ),
    "never_sent": Advice(
        title=_("It could not be sent for hours"),
        help=_("It was given up. Once the service takes requests again, sending it will help."),
        action=Action.SEND,
    ),
    "unanswered": Advice(
        title=_("The service never told what became of it"),
        help=_(
            "Asking again is safe: it is the same request under the same number, which the "
            "service counts once."
        ),
        action=Action.ASK,
    ),
    "lost": Advice(
        title=_("The service has lost this run"),
        help=_("It no longer knows it. Asking once more costs nothing, and may help."),
        action=Action.ASK,
    ),
    "task_failed": Advice(
        title=_("The service could not make this"),
        help=_("Sending it again may help; else change the inputs."),
        action=Action.SEND,
    ),
    "no_output": Advice(
        title=_("The service says that it is done, but sent nothing"),
        help=_("Asking for it once more costs nothing, and may bring it."),
        action=Action.ASK,
    ),
    "output_missing": Advice(
        title=_("Not everything could be stored here"),
        help=_("Fetching it once more costs nothing, and may help."),
        action=Action.ASK,
    ),
}


def advise(run: Run) -> Advice | None:
    """Return what to know about the problem of a run; None where it has none."""
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
    """Whether the service may have forgotten the number of a request that had no answer."""
    if run.sent_at is None or run.task_id:
        return False
    return database_clock.now() - run.sent_at > settings.IDEMPOTENCY_LIFETIME


def can_be_asked_again(run: Run) -> bool:
    advice = advise(run)
    is_advised = advice is not None and advice.action == Action.ASK
    return run.is_settled and (is_advised or is_short(run))


def names_to_ask_again() -> set[str]:
    """Return the problems of ended runs that asking again may end, at no cost."""
    return {name for name, advice in ENDED.items() if name and advice.action == Action.ASK}


def is_short(run: Run) -> bool:
    """Whether a run that went well gave fewer files than its inputs ask for."""
    asked = run.inputs.get("n") if isinstance(run.inputs, dict) else None
    has_succeeded = run.is_settled and run.status == Status.SUCCEEDED
    return has_succeeded and isinstance(asked, int) and 0 < len(run.outputs.all()) < asked
