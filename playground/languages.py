"""The languages of the pages: English, and those with a catalog in `locale/` or LOCALE_DIR."""

from pathlib import Path

from django.conf.locale import LANG_INFO
from django.utils.translation import to_language

ENGLISH = "en"


def find_languages(*folders: Path) -> list[tuple[str, str]]:
    """Return (code, native name) of each language, English first.

    folders  of gettext catalogs: `zh_Hans/LC_MESSAGES/django.mo`
    """
    catalogs = (path for folder in folders for path in folder.glob("*/LC_MESSAGES/django.mo"))
    codes = {to_language(path.parents[1].name) for path in catalogs} - {ENGLISH}
    return [(code, name_of(code)) for code in [ENGLISH, *sorted(codes)]]


def name_of(code: str) -> str:
    """Return the native name of a language; its code if Django has no name."""
    return str(LANG_INFO.get(code, {}).get("name_local", code))
