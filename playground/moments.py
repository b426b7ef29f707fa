"""Formats times and days on pages and in mail.

Recent times are relative, "2 min ago"; others are in the reader's time zone, which reader_time.py
activates for a request. If it is unknown, as in mail, they are in UTC with that suffix.
static/js/local_times.js writes the same words and updates them.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

NEAR = timedelta(hours=12)
CLOCKS = {"clock": "H:i", "seconds": "H:i:s"}

register = template.Library()


@register.simple_tag(takes_context=True)
def moment(
    context: template.Context, at: datetime | None, how: str = "ago", style: str = ""
) -> SafeString:
    """Render a time as an element that scripts update; "" for None.

    Cached HTML has a placeholder for the words (playground/kept_html.py).

    how    as in `format_time`
    style  the element's class, "" for none
    """
    if at is None:
        return SafeString("")
    gaps = context.get("gaps")
    return format_html(
        '<time{} datetime="{}" title="{}" data-time="{}">{}</time>',
        format_html(' class="{}"', style) if style else "",
        f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        format_full(at.astimezone(UTC)),
        how,
        gaps.leave_time(at, how) if gaps else format_time(at, how),
    )


@register.filter
def written(at: datetime, how: str = "full") -> str:
    """Format a time as plain text."""
    return format_time(at, how)


@register.simple_tag
def in_utc() -> bool:
    """Return whether the reader's time zone is unknown, so that pages show that days are in UTC."""
    return str(timezone.get_current_timezone()) == "UTC"


def format_time(at: datetime, how: str) -> str:
    """Format a time.

    how  "ago": "2 min ago" within 12 hours, else as "moment"
         "moment": "29 Nov, 16:30", with the year as in "day"
         "full": "29 Nov 2026, 16:30"
         "day": "29 Nov", with the year if it is not the current one
         "date": "29 Nov 2026"
         "clock": "16:30"; "seconds": "16:30:05"
         "elapsed": time since then, as in a counter: "1 min 4 s"
    """
    passed = timezone.now() - at
    if how == "elapsed":
        return format_seconds(max(int(passed.total_seconds()), 0))
    if how == "ago" and timedelta(minutes=-1) < passed < NEAR:
        return format_ago(passed)
    zone, year = timezone.get_current_timezone(), timezone.localdate().year
    return _format_local(at, how, zone, year, get_language())


@lru_cache(maxsize=4_096)
def _format_local(
    at: datetime, how: str, zone: tzinfo, this_year: int, language: str | None
) -> str:
    """Format a time by what its text depends on: the time zone, the year and the language."""
    del this_year, language  # those of the calling context; they are in the key of the cache
    local = at.astimezone(zone)
    if how == "day":
        return format_day(local.date())
    if how == "date":
        return format_date(local)
    if how == "full":
        return format_full(local)
    clock = date_format(local, CLOCKS.get(how, "H:i")) + name_zone(local)
    return clock if how in CLOCKS else _join(format_day(local.date()), clock)


def format_ago(passed: timedelta) -> str:
    minutes = round(passed.total_seconds() / 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:  # noqa: PLR2004 - an hour
        return _("%(count)d min ago") % {"count": minutes}
    return _("%(count)d h ago") % {"count": round(minutes / 60)}


def format_seconds(count: int) -> str:
    minutes, seconds = divmod(count, 60)
    time = {"minutes": minutes, "seconds": seconds}
    if minutes:
        return _("%(minutes)d min %(seconds)d s") % time
    return _("%(seconds)d s") % time


@register.filter(name="day")
def format_day(day: date) -> str:
    """Return "29 Nov", with the year if it is not the current one."""
    is_near = day.year == timezone.localdate().year
    # Translators: as Django's filter "date" takes it. Keep to what Intl.DateTimeFormat writes.
    return date_format(day, pgettext("format of a day", "j M")) if is_near else format_date(day)


def format_date(day: date) -> str:
    # Translators: as Django's filter "date" takes it. Keep to what Intl.DateTimeFormat writes.
    return date_format(day, pgettext("format of a day", "j M Y"))


def format_full(at: datetime) -> str:
    return _join(format_date(at), date_format(at, "H:i")) + name_zone(at)


def _join(day: str, clock: str) -> str:
    return pgettext("a day and a time", "%(day)s, %(clock)s") % {"day": day, "clock": clock}


def name_zone(at: datetime) -> str:
    """Return " UTC" for a time in UTC, else ""."""
    return " UTC" if str(at.tzinfo) == "UTC" else ""
