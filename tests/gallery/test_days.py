"""Days are those of the reader's time zone."""

import re
from datetime import UTC, date, datetime

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from playground.gallery import pages
from playground.gallery.days import day_heading
from playground.gallery.filters import begin_of, read_filters
from playground.reader_time import COOKIE, find_zone
from playground.runs.models import Run
from tests.gallery.conftest import AddPicture
from tests.gallery.test_browse import GALLERY, shown

LATE_EVENING = datetime(2026, 11, 29, 16, 30, tzinfo=UTC)  # 00:30 on the 30th in Shanghai


@pytest.fixture
def late_picture(add_picture: AddPicture) -> str:
    output = add_picture("late")
    Run.objects.filter(pk=output.run_id).update(created_at=LATE_EVENING)
    return f"{GALLERY}{output.pk}/"


@pytest.fixture
def _two_days_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 12, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "day", "moment", "is_utc_named"),
    [
        ("Asia/Shanghai", "2026-11-30", "30 Nov, 00:30", False),
        ("America/Los_Angeles", "2026-11-29", "29 Nov, 08:30", False),
        ("UTC", "2026-11-29", "29 Nov, 16:30", False),
        ("", "2026-11-29", "29 Nov, 16:30 UTC", True),
        ("../../etc/passwd", "2026-11-29", "29 Nov, 16:30 UTC", True),
        ("America", "2026-11-29", "29 Nov, 16:30 UTC", True),
        ("Nowhere/At_All", "2026-11-29", "29 Nov, 16:30 UTC", True),
    ],
)
@pytest.mark.usefixtures("_two_days_later")
def test_a_picture_is_listed_under_the_day_in_the_reader_s_time_zone(
    client: Client, late_picture: str, zone: str, day: str, moment: str, *, is_utc_named: bool
) -> None:
    client.cookies[COOKIE] = zone
    page = client.get(GALLERY).text
    assert f'<time datetime="{day}">' in page
    assert ("<small>UTC</small>" in page) is is_utc_named
    picture = client.get(late_picture).text
    assert f'title="29 Nov 2026, 16:30 UTC" data-time="ago">{moment}</time>' in picture


@pytest.mark.parametrize(
    ("zone", "query", "found"),
    [
        ("Asia/Shanghai", "since=2026-11-30", True),
        ("Asia/Shanghai", "until=2026-11-29", False),
        ("Asia/Shanghai", "since=2026-11-30&until=2026-11-30", True),
        ("", "since=2026-11-30", False),
        ("", "until=2026-11-29", True),
        ("Pacific/Kiritimati", "since=0001-01-01&until=9999-12-31", True),
        ("Pacific/Pago_Pago", "since=0001-01-01&until=9999-12-30", True),
    ],
)
def test_a_day_filter_covers_the_day_in_the_reader_s_time_zone(
    client: Client, late_picture: str, zone: str, query: str, *, found: bool
) -> None:
    client.cookies[COOKIE] = zone
    assert bool(shown(client, f"?{query}")) is found


@pytest.mark.parametrize(
    ("day", "name", "about"),
    [
        (date(2026, 3, 4), "Today", "4 March"),
        (date(2026, 3, 3), "Yesterday", "3 March"),
        (date(2026, 3, 2), "Monday", "2 March"),
        (date(2026, 2, 26), "Thursday", "26 February"),
        (date(2026, 2, 25), "25 February", "Wednesday"),
        (date(2025, 3, 4), "4 March 2025", "Tuesday"),
        (date(2026, 3, 5), "5 March", "Thursday"),
    ],
)
def test_a_day_is_named_relative_to_today(day: date, name: str, about: str) -> None:
    assert day_heading(day, date(2026, 3, 4)) == (name, about)


@pytest.mark.parametrize(
    ("zone", "days", "found"),
    [("Asia/Shanghai", 1, True), ("Europe/London", 1, False), ("Europe/London", 7, True)],
)
@pytest.mark.usefixtures("late_picture")
def test_the_last_days_filter_begins_at_midnight_of_the_reader(
    client: Client, monkeypatch: pytest.MonkeyPatch, zone: str, days: int, *, found: bool
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 30, 15, tzinfo=UTC))
    client.cookies[COOKIE] = zone
    assert bool(shown(client, f"?days={days}")) is found


def test_a_day_shows_its_count_across_pages(
    client: Client, add_picture: AddPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    for number in range(5):
        add_picture(f"run {number}")
    add_picture("starred", count=3)
    assert shown_count(client) == "8"
    assert shown_count(client, "?q=starred") == "3"
    monkeypatch.setattr(pages, "MOST_OF_DAY", 4)
    assert shown_count(client) == "4"
    assert "<span data-day-count>4</span>+" in client.get(GALLERY).text


def shown_count(client: Client, query: str = "") -> str:
    (count,) = re.findall(r"<span data-day-count>(\d+)</span>", client.get(GALLERY + query).text)
    return str(count)


def test_a_day_without_midnight_has_a_start() -> None:
    with timezone.override(find_zone("America/Santiago")):  # DST begins at midnight
        filters = read_filters(QueryDict("since=2026-09-06"))
        assert filters.since == date(2026, 9, 6)
        assert begin_of(date(2026, 9, 6)).astimezone(UTC).hour in {3, 4}


def test_the_time_zone_of_one_request_does_not_leak_into_the_next(
    client: Client, late_picture: str
) -> None:
    client.cookies[COOKIE] = "Asia/Shanghai"
    client.get(GALLERY)
    assert timezone.get_current_timezone_name() == "UTC"
