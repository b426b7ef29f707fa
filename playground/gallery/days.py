"""Day headings of the gallery ("Today", "Thursday") with the number of pictures."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day in the reader's time zone.

    name   relative if possible: "Today", "Thursday", "20 November"
    about  the complement of the name: "29 November", "Friday"
    count  number of matching pictures, up to a limit
    """

    date: date
    name: str
    about: str
    count: int
    is_more: bool


def day_heading(day: date, today: date) -> tuple[str, str]:
    # Translators: as Django's filter "date" takes it.
    full = date_format(day, pgettext("format of a day", "j F"))
    weekday = date_format(day, "l")
    if day == today:
        return _("Today"), full
    if day == today - timedelta(days=1):
        return _("Yesterday"), full
    if today - timedelta(days=WEEK) < day < today:
        return weekday, full
    if day.year != today.year:
        # Translators: as Django's filter "date" takes it.
        full = date_format(day, pgettext("format of a day", "j F Y"))
    return full, weekday
