"""Messages about problems, events and files of runs; see `playground/texts.py`."""

# Imported because runs store these texts, too, and must be able to show them.
from playground.media import texts as of_media
from playground.providers import texts as of_providers
from playground.texts import kept

__all__ = ["of_media", "of_providers"]

NO_FILE_NAMED = kept("no_file_named", "The provider's answer names no file.")
SOMETHING_UNEXPECTED = kept("something_unexpected", "Something unexpected happened.")
NO_REASON = kept("no_reason", "The provider gave no reason.")
LONG_UNANSWERED = kept("long_unanswered", "It was sent long ago, and no answer ever came.")
KEY_DELETED = kept("key_deleted", "The API key %(key)s was deleted here.")
ADDRESS_CHANGED = kept(
    "address_changed",
    "It was sent to %(before)s, but the provider's address is now %(now)s.",
)
REFERENCE_GONE = kept(
    "reference_gone", "This file no longer exists. Remove it, or choose it again."
)
WEB_PAGE = kept("web_page", "A web page came instead of the file.")
DELETED = kept("deleted", "This was deleted.")
MISSING_IN_EXPORT = kept("missing_in_export", "This file was missing when it was exported.")
