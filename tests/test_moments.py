"""Formats of times and dates."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone

from playground import moments
from playground.reader_time import find_zone
from tests.launched import ROOT

NOW = datetime(2026, 11, 30, 2, tzinfo=UTC)  # 10:00 in Shanghai, 29 November in Honolulu
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-20), "just now"),
        (timedelta(seconds=29), "just now"),
        (timedelta(minutes=2), "2 min ago"),
        (timedelta(minutes=59), "59 min ago"),
        (timedelta(minutes=61), "1 h ago"),
        (timedelta(hours=11, minutes=50), "12 h ago"),
        (timedelta(hours=12), "29 Nov, 22:00"),
        (timedelta(days=366), "29 Nov 2025, 10:00"),
        (timedelta(minutes=-30), "30 Nov, 10:30"),  # in the future
    ],
)
def test_a_recent_time_is_relative_and_others_are_local(passed: timedelta, words: str) -> None:
    with timezone.override(find_zone("Asia/Shanghai")):
        assert moments.format_time(NOW - passed, "ago") == words


@pytest.mark.parametrize(
    ("how", "shanghai", "honolulu", "nowhere"),
    [
        ("moment", "30 Nov, 07:59", "29 Nov, 13:59", "29 Nov, 23:59 UTC"),
        ("full", "30 Nov 2026, 07:59", "29 Nov 2026, 13:59", "29 Nov 2026, 23:59 UTC"),
        ("day", "30 Nov", "29 Nov", "29 Nov"),
        ("date", "30 Nov 2026", "29 Nov 2026", "29 Nov 2026"),
        ("clock", "07:59", "13:59", "23:59 UTC"),
        ("seconds", "07:59:05", "13:59:05", "23:59:05 UTC"),
        ("elapsed", "120 min 55 s", "120 min 55 s", "120 min 55 s"),
    ],
)
def test_a_time_is_in_the_zone_of_the_reader(
    how: str, shanghai: str, honolulu: str, nowhere: str
) -> None:
    at = datetime(2026, 11, 29, 23, 59, 5, tzinfo=UTC)
    for zone, words in (("Asia/Shanghai", shanghai), ("Pacific/Honolulu", honolulu)):
        with timezone.override(find_zone(zone)):
            assert moments.format_time(at, how) == words
    assert moments.format_time(at, how) == nowhere


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("moment", "11月29日 23:59 UTC"),
        ("full", "2026年11月29日 23:59 UTC"),
        ("day", "11月29日"),
        ("date", "2026年11月29日"),
    ],
)
def test_a_day_is_written_as_its_language_writes_it(how: str, words: str) -> None:
    in_chinese = {"j M": "n月j日", "j M Y": "Y年n月j日", "%(day)s, %(clock)s": "%(day)s %(clock)s"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moments, "pgettext", lambda _, text: in_chinese[text])
        assert moments.format_time(datetime(2026, 11, 29, 23, 59, tzinfo=UTC), how) == words


def test_the_time_zone_is_not_shown_to_a_reader_in_utc() -> None:
    with timezone.override(find_zone("UTC")):
        assert moments.format_time(NOW, "moment") == "30 Nov, 02:00"


def test_the_utc_time_is_the_attribute_and_the_title_alone() -> None:
    drawn = '{% moment at "moment" "run__time" %}'
    with timezone.override(find_zone("Asia/Shanghai")):
        html = Template(drawn).render(Context({"at": timezone.localtime(NOW)}))
    assert html == (
        '<time class="run__time" datetime="2026-11-30T02:00:00Z" title="30 Nov 2026, 02:00 UTC"'
        ' data-time="moment">30 Nov, 10:00</time>'
    )


def test_no_template_writes_a_time_in_another_way() -> None:
    """Except months, values of inputs, and machine-readable times for scripts."""
    others = re.compile(
        r"\|(?:date|time|timesince|timeuntil|naturaltime)\b"
        r"(?!:[\"'](?:F|F Y|YEAR_MONTH_FORMAT|Y-m|Y-m-d|c)[\"'])"
    )
    assert len(TEMPLATES) > 100
    assert not [str(path) for path in TEMPLATES if others.search(path.read_text())]


def test_no_module_writes_a_time_for_people_in_another_way() -> None:
    """Except ISO 8601, which is for machines: file names, tables, logs, the command line."""
    others = re.compile(r"date_format\(|strftime\(|:%-?[dBbHI]")
    ours = {"moments.py", "gallery/days.py"}
    found = {
        str(path.relative_to(ROOT / "playground"))
        for path in (ROOT / "playground").rglob("*.py")
        if "migrations" not in path.parts and others.search(path.read_text())
    }
    assert found == ours
