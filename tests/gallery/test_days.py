"""Days are those of the reader's clock."""

from datetime import UTC, date, datetime

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from playground.gallery.filters import begin_of, read_filters
from playground.reader_time import COOKIE, find_zone
from playground.runs.models import Run
from tests.gallery.conftest import Hang
from tests.gallery.test_browse import GALLERY, shown

LATE = datetime(2026, 11, 29, 16, 30, tzinfo=UTC)  # half past midnight of the 30th in Shanghai


@pytest.fixture
def late(hang: Hang) -> str:
    output = hang("late")
    Run.objects.filter(pk=output.run_id).update(created_at=LATE)
    return f"{GALLERY}{output.pk}/"


@pytest.mark.parametrize(
    ("zone", "day", "moment", "said"),
    [
        ("Asia/Shanghai", "Monday, 30 November 2026", "30 Nov 2026, 00:30", False),
        ("America/Los_Angeles", "Sunday, 29 November 2026", "29 Nov 2026, 08:30", False),
        ("", "Sunday, 29 November 2026", "29 Nov 2026, 16:30 UTC", True),
        ("../../etc/passwd", "Sunday, 29 November 2026", "29 Nov 2026, 16:30 UTC", True),
        ("America", "Sunday, 29 November 2026", "29 Nov 2026, 16:30 UTC", True),
        ("Nowhere/At_All", "Sunday, 29 November 2026", "29 Nov 2026, 16:30 UTC", True),
    ],
)
def test_a_picture_stands_under_the_day_of_the_reader(
    client: Client, late: str, zone: str, day: str, moment: str, *, said: bool
) -> None:
    client.cookies[COOKIE] = zone
    page = client.get(GALLERY).text
    assert day in page
    assert ("<small>UTC</small>" in page) is said
    picture = client.get(late).text
    assert moment in picture
    assert (f"{moment} UTC" in picture or "UTC" in moment) is said


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
def test_a_day_is_found_from_its_beginning_to_its_end_for_the_reader(
    client: Client, late: str, zone: str, query: str, *, found: bool
) -> None:
    client.cookies[COOKIE] = zone
    assert bool(shown(client, f"?{query}")) is found


def test_a_day_without_midnight_begins_all_the_same() -> None:
    with timezone.override(find_zone("America/Santiago")):  # put forward at midnight
        filters = read_filters(QueryDict("since=2026-09-06"))
        assert filters.since == date(2026, 9, 6)
        assert begin_of(date(2026, 9, 6)).astimezone(UTC).hour in {3, 4}


def test_the_zone_of_one_request_is_not_that_of_the_next(client: Client, late: str) -> None:
    client.cookies[COOKIE] = "Asia/Shanghai"
    client.get(GALLERY)
    assert timezone.get_current_timezone_name() == "UTC"
