"""The translatable texts of JavaScript, by bundle (static/js/bundles/*.js).

A page includes the texts of its bundles in its language as JSON; static/js/texts.js reads them. So
the script files do not depend on the language.
"""

from collections.abc import Callable
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

# A text with placeholders, or a function from a number to the plural form.
type ScriptText = Promise | Callable[[int], str]

TEXTS: dict[str, dict[str, ScriptText]] = {
    "frame": {
        "copied": _("Copied"),
        "justNow": _("just now"),
        "minutesAgo": _("%(count)d min ago"),
        "hoursAgo": _("%(count)d h ago"),
        "minutesAndSeconds": _("%(minutes)d min %(seconds)d s"),
        "seconds": _("%(seconds)d s"),
    },
    "pictures": {
        "close": _("Close"),
        "undo": _("Undo"),
        "undone": _("Undone"),
        "nothingToUndo": _("Nothing to undo."),
        "tryAgain": _("Try again"),
        "saidWithActions": _("%(message)s. %(actions)s: at the end of the page."),
        "pageExpired": _("This page expired. Reload it."),
        "notSavedYet": lambda count: ngettext(
            "The last step is not saved yet: the server is not responding.",
            "The last %(count)s steps are not saved yet: the server is not responding.",
            count,
        ),
        "allSaved": _("Everything is saved now."),
        "selected": lambda count: ngettext("%(count)s selected", "%(count)s selected", count),
        "selectionCleared": _("Selection cleared"),
        "stars": lambda count: ngettext("star", "stars", count),
        "compare": _("Compare"),
        "comparisonLimits": _("Choose 2 to 6 pictures to compare."),
        "comparisonAdded": _("Added to comparison (%(count)s of 6)"),
        "comparisonRemoved": _("Removed from comparison (%(count)s of 6)"),
        "notPlayable": _(
            "This browser cannot play it, as happens with formats that it does not know. "
            "Download it to play it elsewhere."
        ),
        "download": _("Download"),
        "actionUnanswered": _(
            "No answer came, so it is not known whether this was done. Press again: it is done "
            "only once."
        ),
        "newRunUnanswered": _(
            "No answer came, so a new run may or may not have started. If it has, it will appear "
            "here. If you press again before that, you may pay twice."
        ),
        "actionLoggedOut": _(
            "You are logged out, so this was not done. Log in again in another tab, then press "
            "again."
        ),
        "actionOutdated": _("This page was out of date, so this was not done. Press again."),
        "runGone": _("This run cannot be found here any more."),
    },
    "gallery": {
        "dropToSearch": _("Drop an image to search"),
        "searching": _("Searching by image"),
        "found": _("Found"),
        "searchFailed": _("The search failed. Reload the page, then try again."),
        "searchUnanswered": _("No answer from the server. Try again."),
    },
    "viewer": {
        "lastOne": _("That was the last one."),
        "firstOne": _("That was the first one."),
        "noTagYet": _("There was no tag yet."),
        "notShared": _("The picture could not be shared."),
        "notShown": _("This could not be shown: the server is not responding."),
        "pageOutdated": _("This page is out of date. Reload it, then try again."),
    },
    "form": {
        "reset": _("Reset"),
        "link": _("A link"),
        "linkWithoutFile": _(
            "it brings no file along. Save the picture, and choose or drop the file."
        ),
        "moveForward": _("Move one place forward"),
        "moveNamedForward": _("Move %(name)s one place forward"),
        "earlierPictures": pgettext_lazy("to choose from", "Earlier pictures"),
        "camera": _("Camera"),
        "dropOrPaste": _("or drop or paste files here"),
        "picture": _("picture"),
        "noAnswer": _("The playground did not answer."),
        "uploadUnanswered": _("The playground did not answer. Try again."),
        "uploadFailed": _("It could not be sent. Try again."),
        "sending": _("Sending %(name)s"),
        "cancel": _("Cancel"),
        "added": _("Added: %(title)s"),
        "searchOptions": lambda count: ngettext(
            "Search %(count)s option", "Search %(count)s options", count
        ),
        "searchBelow": _("Search the list below"),
        "waitingForFiles": lambda count: ngettext(
            "Waiting for a file to arrive, then it is sent.",
            "Waiting for %(count)s files to arrive, then it is sent.",
            count,
        ),
        "fileNotSent": _(
            "A file could not be sent, so nothing was generated. Look at it, then press Generate "
            "again."
        ),
        "formLoggedOut": _(
            "You are logged out, so nothing was sent. Log in again in another tab, then press "
            "Generate again. What you typed stays here."
        ),
        "formOutdated": _("This page expired, so nothing was sent. Press Generate again."),
        "generateUnanswered": _(
            "No answer came. What you typed is still here. You can press Generate again: the same "
            "inputs are paid for only once."
        ),
        "generateFault": _(
            "Something broke on our side (%(status)s). What you typed is still here. You can press "
            "Generate again: the same inputs are paid for only once."
        ),
        "formUnanswered": _("No answer came. What you typed is still here: try again."),
        "formFailed": _("That did not work (%(status)s). What you typed is still here."),
        "newsLoggedOut": _(
            "You are logged out, so the results are not updated. Log in again in another tab, "
            "then reload this page. Runs that were sent continue."
        ),
        "newsUnanswered": _(
            "The playground is not responding, so the results are not updated. Retrying "
            "automatically. Runs that were sent continue."
        ),
        "newsFailed": _("The results could not be updated (%(status)s). Retrying automatically."),
        "done": _("Done"),
        "failed": _("Failed"),
        "arrivals": lambda count: ngettext("%(count)s new", "%(count)s new", count),
    },
    "compare": {},
    "votes": {},
}

# A number for each plural category of CLDR.
SAMPLES = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 11, "other": 100}

register = template.Library()


@register.simple_tag
def script_bundle(name: str) -> SafeString:
    """Render the texts of a bundle and the element that loads it."""
    return format_html('{}<script src="{}" type="module"></script>', *find_bundle(name))


@register.simple_tag
def later_bundle(name: str) -> SafeString:
    """Render the texts of a bundle and a <meta> with its URL, for scripts that load it later."""
    texts, address = find_bundle(name)
    return format_html('{}<meta name="{}" content="{}">', texts, f"{name}-scripts", address)


def find_bundle(name: str) -> tuple[SafeString, str]:
    """Return (element with the texts of a bundle, URL of the bundle)."""
    texts = json_script(write_texts(name), f"texts-{name}")
    return texts, static(f"js/bundles/{name}.js")


def write_texts(bundle: str) -> dict[str, Any]:
    """Return the texts of a bundle for texts.js, in the active language.

    The value of a text with plural forms is {plural category: text}, without repeated forms.
    """
    return {
        name: write_forms(words) if callable(words) else str(words)
        for name, words in TEXTS[bundle].items()
    }


def write_forms(form_for: Callable[[int], str]) -> dict[str, str]:
    other = form_for(SAMPLES["other"])
    forms = {category: form_for(number) for category, number in SAMPLES.items()}
    return {name: words for name, words in forms.items() if words != other or name == "other"}
