"""Cached cards: always equal to freshly rendered ones, for every reader."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import DateTimeField, Model
from django.template import engines
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from playground import kept_html, money
from playground.catalog.models import ModelSpec
from playground.reader_time import find_zone
from playground.runs.models import MediaFile, Output, Run, Worker
from playground.runs.pages import card_columns, kept_cards
from playground.runs.pages.board import Board, read_kept_board
from playground.runs.pages.card import Card
from playground.runs.pages.card_columns import KeptCard
from playground.runs.pages.followed import Followed
from playground.schema.kept import Kept
from playground.teams.models import Membership, Role, Workspace

TEMPLATE = engines["django"].from_string(
    "{% load cards %}{% for card in cards %}{% run_card card is_oob=is_oob %}{% endfor %}"
)
UNCACHED = engines["django"].from_string(
    '{% for card in cards %}{% include "runs/card/card.html" %}{% endfor %}'
)
TOKENS = re.compile(
    r'(?<=name="csrfmiddlewaretoken" value=")\w+|(?<=name="submission" value=")[^"]+'
)

# Columns that no cached card depends on: not read by the template, or written only once.
INDEPENDENT_COLUMNS: dict[type[Model], set[str]] = {
    Run: {
        "workspace", "api_key", "submission_token", "idempotency_key", "addresses", "sent_to",
        "request_id", "ticket_answer", "task_answer", "cost_expected", "cost_most", "cost_estimate",
        "cost_counted", "problem_fields", "problem_since", "accepted_at", "finished_at",
        "history_at", "checked_at", "took_seconds", "attempts", "next_check_at", "slot_at",
        "lease_id", "leased_until",
    },
    Output: {
        "kind", "source_url", "broken_tries", "preview", "preview_width", "preview_height",
        "arrived_at", "previewed_at", "seen_at",
    },
    MediaFile: {
        "workspace", "sha256", "size_bytes", "is_signed", "perceptual_hash",
        "created_at",
    },
    ModelSpec: {
        "workspace", "version", "is_current", "made_by", "created_at", "provider", "title",
        "description", "category", "price", "examples", "rules",
    },
    User: {
        "password", "last_login", "is_superuser", "first_name", "last_name", "email", "is_staff",
        "is_active", "date_joined",
    },
}  # fmt: skip
# Written when the row is made, and never again; the cache key has the digest of a schema.
WRITTEN_ONCE = {
    Run: {"inputs", "inputs_digest", "template"},
    ModelSpec: {"id", "schema"},
    User: {"id"},
}
KEY_COLUMNS = {
    Run: card_columns.RUN_COLUMNS,
    Output: card_columns.OUTPUT_COLUMNS,
    MediaFile: card_columns.FILE_COLUMNS,
    ModelSpec: card_columns.SPEC_COLUMNS,
    User: card_columns.AUTHOR_COLUMNS,
}


def cards_of(*, is_large: bool = True) -> list[Card]:
    runs = Run.objects.for_cards().order_by("-created_at")
    return [Card(run=run, usual_seconds=None, is_large=is_large) for run in runs]


def render(
    template: Any, cards: Sequence[Card | KeptCard], membership: Membership, *, is_oob: bool = False
) -> str:
    """Render cards as a page does, without the tokens, which differ each time."""
    request: Any = RequestFactory().get("/")
    request.user, request.membership, request.htmx = membership.user, membership, False
    context = {"cards": cards, "is_oob": is_oob, "board": Board(cards=(), pace_ms=0)}
    return TOKENS.sub("", str(template.render(context, request)))


def member(workspace: Workspace, name: str, role: Role) -> Membership:
    user = User.objects.create_user(name)
    return Membership.objects.create(workspace=workspace, user=user, role=role)


@pytest.fixture
def varied_runs(finished: Run, ana: User) -> Run:
    """Runs that ended differently: with pictures, private, failed, cancelled, in doubt."""
    facts = {name: getattr(finished, name) for name in ("workspace", "author", "spec", "api_key")}
    now = timezone.now()
    ended = {"finished_at": now, "stored_at": now, "inputs": {"prompt": "a fox & 'a hen' <b>"}}
    file = finished.outputs.get().file
    private = Run.objects.create(
        **facts, **ended, status="succeeded", task_id="t", is_shared=False, cost_actual="0.03"
    )
    for position, stars in enumerate((0, 3)):
        Output.objects.create(run=private, position=position, file=file, stored_at=now, stars=stars)
    Output.objects.create(run=private, position=2, problem="It never came.")
    Run.objects.create(**facts, **ended, status="failed", problem="declined", problem_detail="{}")
    Run.objects.create(**facts, **ended, status="cancelled")
    Run.objects.create(**facts, **ended, status="failed", problem="unanswered", sent_at=now)
    Run.objects.create(**facts, inputs={"prompt": "in progress"}, made_from=finished)
    return finished


def freeze_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Freeze the time, because cards show relative times."""
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)


def test_a_cached_card_equals_a_fresh_one_for_every_reader_and_setting(
    varied_runs: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze_time(monkeypatch)
    ana = Membership.objects.get(user=varied_runs.author)
    roles = {Role.MEMBER: "mo", Role.VIEWER: "vi", Role.OWNER: "olga"}
    people = [ana, *(member(varied_runs.workspace, name, role) for role, name in roles.items())]
    usual: tuple[Any, ...] = (True, False, "en", "UTC", "$")
    others: tuple[Any, ...] = (False, True, "zh-hans", "Asia/Shanghai", "credits")
    each: list[tuple[Any, ...]] = [
        (*usual[:n], other, *usual[n + 1 :]) for n, other in enumerate(others)
    ]
    settings = [*product(people, [usual]), *product(people[:2], each)]
    expected = []
    for is_first in (True, False):  # first rendered and cached, then read from the cache
        for number, (person, (is_large, is_oob, language, zone, unit)) in enumerate(settings):
            with (
                translation.override(language),
                timezone.override(find_zone(zone)),
                money.in_unit(unit),
            ):
                cards = cards_of(is_large=is_large)
                if is_first:
                    expected.append(render(UNCACHED, cards, person, is_oob=is_oob))
                assert render(TEMPLATE, cards, person, is_oob=is_oob) == expected[number]
    assert len(set(expected)) == len(settings)
    assert len(kept_cards.kept) > len(settings)


def test_each_column_is_in_the_cache_key_or_changes_no_card() -> None:
    for table, columns in KEY_COLUMNS.items():
        fields = {field.name for field in table._meta.concrete_fields}
        keyed = {field.name for field in table._meta.concrete_fields if field.attname in columns}
        assert keyed | INDEPENDENT_COLUMNS[table] | WRITTEN_ONCE.get(table, set()) == fields, table
        assert not keyed & INDEPENDENT_COLUMNS[table]


@pytest.mark.parametrize("table", INDEPENDENT_COLUMNS)
def test_columns_outside_the_cache_key_do_not_change_a_card(
    varied_runs: Run, monkeypatch: pytest.MonkeyPatch, table: type[Model]
) -> None:
    freeze_time(monkeypatch)
    person = Membership.objects.get(user=varied_runs.author)
    cards = [card for card in cards_of() if kept_cards.can_be_kept(card.run)]
    before = render(UNCACHED, cards, person)
    for name in sorted(INDEPENDENT_COLUMNS[table]):
        for row in [row for card in cards for row in rows_of(card, table)]:
            change(row, table._meta.get_field(name))
        assert render(UNCACHED, cards, person) == before, name


def rows_of(card: Card, table: type[Model]) -> list[Model]:
    outputs = list(card.run.outputs.all())
    files = [output.file for output in outputs if output.file]
    rows: dict[type[Model], list[Any]] = {
        Run: [card.run], Output: outputs, MediaFile: files, ModelSpec: [card.run.spec],
        User: [card.run.author],
    }  # fmt: skip
    return rows[table]


def change(row: Model, field: Any) -> None:
    """Give a column another value of its type, in this object only."""
    value = getattr(row, field.attname)
    other: Any = "another"
    if isinstance(value, bool):
        other = not value
    elif isinstance(value, int | float | Decimal):
        other = value + 1
    elif isinstance(field, DateTimeField):
        other = datetime(2020, 1, 2, tzinfo=UTC)
    elif isinstance(value, dict | list):
        other = type(value)()
    setattr(row, field.attname, other)


CHANGES: dict[str, Callable[[Run], object]] = {
    "stars": lambda run: run.outputs.update(stars=5),
    "trash": lambda run: run.outputs.update(trashed_at=timezone.now()),
    "sizes": lambda _run: MediaFile.objects.update(large="another.webp"),
    "name": lambda run: User.objects.filter(pk=run.author_id).update(username="anna"),
    "retired": lambda _run: ModelSpec.objects.update(is_retired=True),
    "private": lambda _run: Run.objects.update(is_shared=False),
    "cost": lambda run: Run.objects.filter(pk=run.pk).update(cost_actual="1.25"),
    "problem": lambda run: Run.objects.filter(pk=run.pk).update(problem="output_missing"),
    "time": lambda _run: Run.objects.update(created_at=timezone.now() - timedelta(minutes=7)),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_invalidates_the_cached_card(
    varied_runs: Run, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    freeze_time(monkeypatch)
    person = member(varied_runs.workspace, "mo", Role.MEMBER)
    before = render(TEMPLATE, cards_of(), person)
    CHANGES[what](varied_runs)
    after = render(TEMPLATE, cards_of(), person)
    assert after != before
    assert after == render(UNCACHED, cards_of(), person)


def test_relative_times_advance_in_cached_cards(
    varied_runs: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Membership.objects.get(user=varied_runs.author)
    assert "just now" in render(TEMPLATE, cards_of(), person)
    later = timezone.now() + timedelta(minutes=5)
    monkeypatch.setattr(timezone, "now", lambda: later)
    page = render(TEMPLATE, [card for card in cards_of() if card.run.is_settled], person)
    assert "5 min ago" in page
    assert "just now" not in page


def test_no_page_contains_csrf_or_submission_tokens_of_another_reader(
    client: Client, bo: Client, finished: Run
) -> None:
    address = f"{finished.spec.get_absolute_url()}?whose=team"
    pages = [each.get(address).text for each in (client, bo, client, bo)]
    found = [set(TOKENS.findall(page)) for page in pages]
    assert all(f"run-{finished.pk}" in page for page in pages)
    assert all(found)
    assert not found[0] & found[1] | found[1] & found[2] | found[0] & found[2]
    presses = re.findall(r'name="submission" value="([^"]+)"', "".join(pages))
    assert len(presses) == len(set(presses))
    assert "gap-" not in "".join(pages)


def test_a_cached_private_card_is_shown_to_its_author_only(
    client: Client, bo: Client, finished: Run
) -> None:
    Run.objects.update(is_shared=False)
    address = f"{finished.spec.get_absolute_url()}?whose=team"
    assert f"run-{finished.pk}" in client.get(address).text
    assert f"run-{finished.pk}" not in bo.get(address).text
    assert f"run-{finished.pk}" in client.get(address).text


def test_user_text_is_never_taken_for_a_placeholder(finished: Run) -> None:
    person = Membership.objects.get(user=finished.author)
    words = "gap-0; {{ csrf_token }} gap-1; <svg>"
    Run.objects.filter(pk=finished.pk).update(inputs={"prompt": words})
    assert render(TEMPLATE, cards_of(), person) == render(UNCACHED, cards_of(), person)


def test_runs_of_cached_cards_are_not_loaded(
    client: Client, varied_runs: Run, worker: Worker
) -> None:
    Run.objects.exclude(finished_at=None).filter(problem="unanswered").delete()
    Run.objects.filter(finished_at=None).delete()
    address = varied_runs.spec.get_absolute_url()
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        counts.append(len(captured))
    assert counts[1] == counts[2] < counts[0]


def test_the_cache_stays_within_its_limit() -> None:
    cards: Kept[kept_html.Drawing] = Kept(most=5_000, weigh=kept_html.weigh)
    for number in range(50):
        cards.keep(number, (f"{number}" * 300, "<svg>shared</svg>"))
        assert cards.weight <= 5_000
    assert 49 in cards
    assert 0 not in cards
    assert 3 < len(cards) < 20


def test_icons_are_drawn_as_one_shared_string() -> None:
    one, other = (kept_html.Gaps().split(f"{name}<svg><path/></svg>end") for name in "ab")
    assert one[1] is other[1]


def test_a_board_that_was_read_before_its_cards_left_the_cache_is_drawn(
    finished: Run,
) -> None:
    person = Membership.objects.get(user=finished.author)
    render(TEMPLATE, cards_of(), person)
    followed = Followed(membership=person, slug=finished.spec.slug)
    shown = read_kept_board(followed, before=None)
    assert [type(card) for card in shown.cards] == [KeptCard]
    kept_cards.kept.clear()
    assert render(TEMPLATE, shown.cards, person) == render(UNCACHED, cards_of(), person)
