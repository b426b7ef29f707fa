"""The texts and actions for each problem of a run, by the names of `problems.py`.

The entry "" is for all problems without an entry of their own.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

type Words = str | Promise


class Remedy(StrEnum):
    """The action for a problem.

    CHANGE     open the form with these inputs
    CHOOSE     choose another model
    SEND       start a new run with the same inputs, with a new idempotency key
    ASK        resume this run where it stopped: charged at most once
    TRY        retry now instead of later
    NOTHING    it continues automatically; a retry now would be wrong
    """

    CHANGE = "change"
    CHOOSE = "choose"
    SEND = "send"
    ASK = "ask"
    TRY = "try"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The texts about a problem, and the action that it offers.

    help  while a run waits to be sent, %(setting)s is the setting with its provider's address
    """

    title: Words
    help: Words
    action: Remedy


CHANGE_AND_GO = _("The same inputs will fail again. Change them and generate again.")
BY_ITSELF = _("Retrying automatically.")
# While the run waits to be accepted by the provider, if different from later waiting.
SENDING: dict[str, Advice] = {
    "key_refused": Advice(
        title=_("API key rejected"),
        help=_(
            "The owner of this installation has to check the key. An earlier attempt may have been "
            "accepted, so the provider is asked again automatically."
        ),
        action=Remedy.TRY,
    ),
    "key_gone": Advice(
        title=_("API key missing"),
        help=_(
            "Only the key that it was sent with can tell what became of this run. Once that key is "
            "stored again, the provider is asked automatically. After a day the run fails."
        ),
        action=Remedy.TRY,
    ),
    "service_moved": Advice(
        title=_("Provider address changed"),
        help=_(
            "It may have been accepted and charged at the earlier address. With that address in "
            "%(setting)s again, the provider is asked. After a day the run fails."
        ),
        action=Remedy.TRY,
    ),
    "reference_gone": Advice(
        title=_("Input file missing"),
        help=_(
            "An earlier attempt may have been accepted. The provider is asked again once the file "
            "is back, as from a backup. After a day the run fails."
        ),
        action=Remedy.TRY,
    ),
    "conflict": Advice(
        title=_("Already sent, no answer yet"),
        help=_(
            "The provider already has this request, although it never confirmed it. It is asked "
            "again automatically for a while."
        ),
        action=Remedy.TRY,
    ),
    "storage": Advice(
        title=_("Input files cannot be read"),
        help=_(
            "The owner of this installation has to repair the storage. Then the run continues "
            "automatically."
        ),
        action=Remedy.TRY,
    ),
    "": Advice(
        title=_("Not accepted yet"),
        help=_(
            "An earlier attempt may have been accepted although its answer was lost, so the "
            "provider is asked again automatically for a while."
        ),
        action=Remedy.TRY,
    ),
}
# While the run waits.
WAITING: dict[str, Advice] = {
    "": Advice(title=_("No status from the provider"), help=BY_ITSELF, action=Remedy.TRY),
    "key_unreadable": Advice(
        title=_("API key cannot be decrypted"),
        help=_(
            "The owner of this installation has to set ENCRYPTION_KEYS, or SECRET_KEY, to what it "
            "was when the key was stored. Then the run continues automatically."
        ),
        action=Remedy.TRY,
    ),
    "unavailable": Advice(
        title=_("Provider not responding"),
        help=_("Your run is saved. Retrying automatically."),
        action=Remedy.TRY,
    ),
    "throttled": Advice(
        title=_("Rate limited, waiting"),
        help=_("Your run is saved and retries automatically."),
        action=Remedy.NOTHING,
    ),
    "key_refused": Advice(
        title=_("API key rejected"),
        help=_(
            "The owner of this installation has to check the key. What was sent is not lost: the "
            "provider is asked again automatically."
        ),
        action=Remedy.TRY,
    ),
    "out_of_funds": Advice(
        title=_("Provider balance is empty"),
        help=_("Once funds are added, the run continues automatically."),
        action=Remedy.TRY,
    ),
    "lost": Advice(
        title=_("Provider cannot find this run"),
        help=_(
            "It may turn up again. We keep asking the provider, less and less often, for two "
            "days; then the run fails. Asking is free."
        ),
        action=Remedy.TRY,
    ),
    "no_output": Advice(
        title=_("Done, but no result yet"),
        help=_(
            "It may still come. We keep asking the provider, less and less often, for two days; "
            "then the run fails. Asking is free."
        ),
        action=Remedy.TRY,
    ),
    "file_unavailable": Advice(
        title=_("Download failed, retrying"),
        help=_("The result is downloaded again automatically, with a fresh link."),
        action=Remedy.TRY,
    ),
    "broken_file": Advice(
        title=_("Download damaged, retrying"),
        help=_("What came is kept, and the result is downloaded again automatically."),
        action=Remedy.TRY,
    ),
    "storage": Advice(
        title=_("Result cannot be stored yet"),
        help=_(
            "The owner of this installation has to free space or repair the storage. Then the "
            "result is stored automatically."
        ),
        action=Remedy.TRY,
    ),
    "internal": Advice(
        title=_("Something broke on our side"),
        help=_("Details in the server log. Retrying automatically."),
        action=Remedy.TRY,
    ),
}
# When it has ended.
ENDED: dict[str, Advice] = {
    "": Advice(
        title=_("Something broke on our side"),
        help=_("Details in the server log. Checking again is safe."),
        action=Remedy.ASK,
    ),
    "forgotten": Advice(
        title=_("Outcome unknown"),
        help=_(
            "The provider forgets its requests after a day, so another attempt could be charged "
            "twice. Check the provider's own list of requests, and try again only if this one "
            "is not there."
        ),
        action=Remedy.SEND,
    ),
    "cancelled_there": Advice(
        title=_("Cancelled by the provider"),
        help=_("Another attempt may help."),
        action=Remedy.SEND,
    ),
    "invalid_input": Advice(
        title=_("Inputs not accepted"), help=CHANGE_AND_GO, action=Remedy.CHANGE
    ),
    "key_refused": Advice(
        title=_("API key rejected"),
        help=_("The owner of this installation has to add a working key. Then try again."),
        action=Remedy.SEND,
    ),
    "key_gone": Advice(
        title=_("API key deleted"),
        help=_("It was deleted before this run was sent. Another attempt uses the current key."),
        action=Remedy.SEND,
    ),
    "out_of_funds": Advice(
        title=_("Provider balance is empty"),
        help=_("Add funds, then retry."),
        action=Remedy.SEND,
    ),
    "declined": Advice(
        title=_("Blocked by the content filter"),
        help=_("Rephrase the prompt or use another picture."),
        action=Remedy.CHANGE,
    ),
    "conflict": Advice(
        title=_("Mistaken for another request"),
        help=_("Another attempt counts as a new request, and should be accepted."),
        action=Remedy.SEND,
    ),
    "unknown_model": Advice(
        title=_("Model not available"),
        help=_("The provider has no model of this name. Choose another one."),
        action=Remedy.CHOOSE,
    ),
    "refused": Advice(
        title=_("Request rejected by the provider"), help=CHANGE_AND_GO, action=Remedy.CHANGE
    ),
    "reference_gone": Advice(
        title=_("Input file missing"),
        help=_("Choose the file again and generate again."),
        action=Remedy.CHANGE,
    ),
    "never_sent": Advice(
        title=_("Could not be sent"),
        help=_("The provider took no requests for hours. Try again once it does."),
        action=Remedy.SEND,
    ),
    "unanswered": Advice(
        title=_("No answer from the provider"),
        help=_("Checking again is safe: the provider counts the same request only once."),
        action=Remedy.ASK,
    ),
    "lost": Advice(
        title=_("Lost by the provider"),
        help=_("The provider no longer knows this run. Checking again is free, and may help."),
        action=Remedy.ASK,
    ),
    "task_failed": Advice(
        title=_("Generation failed"),
        help=_("Another attempt may help; if not, change the inputs."),
        action=Remedy.SEND,
    ),
    "no_output": Advice(
        title=_("Done, but no result came"),
        help=_("Checking again is free, and may bring it."),
        action=Remedy.ASK,
    ),
    "output_missing": Advice(
        title=_("Not everything could be stored"),
        help=_("Downloading again is free, and may help."),
        action=Remedy.ASK,
    ),
}
