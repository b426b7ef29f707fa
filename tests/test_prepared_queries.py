"""Queries whose SQL is made once find the same as those that Django makes each time."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from playground.prepared_queries import run_prepared
from playground.runs.models import Run


def find_runs(values: Mapping[str, Any]) -> QuerySet[Run, Any]:
    runs = Run.objects.filter(
        pk=values["pk"],
        author=values["author"],
        spec__slug=values["slug"],
        created_at__gt=values["since"],
        is_shared=True,
    )
    return runs.values_list("pk", "author_id", "created_at", "stored_at", "is_shared")


def test_other_values_are_put_into_the_same_statement(
    run: Run, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    since = datetime(2020, 1, 1, tzinfo=UTC)
    right: dict[str, Any] = {
        "pk": run.pk, "author": run.author_id, "slug": run.spec.slug, "since": since
    }  # fmt: skip
    row = (run.pk, run.author_id, run.created_at, None, True)
    with django_assert_num_queries(1):
        assert run_prepared("any", find_runs, right) == [row]
    others: dict[str, Any] = {
        "pk": uuid.uuid4(),
        "author": run.author_id + 1,
        "slug": "another",
        "since": now + timedelta(hours=1),
    }
    for name, other in others.items():
        assert run_prepared("any", find_runs, {**right, name: other}) == [], name
    assert run_prepared("any", find_runs, right) == [row]


def test_two_values_that_are_the_same_go_to_their_own_places(run: Run) -> None:
    def find(values: Mapping[str, Any]) -> QuerySet[Run, Any]:
        runs = Run.objects.filter(pk__in=[values["one"], values["other"]])
        return runs.values_list("pk")

    same = {"one": run.pk, "other": run.pk}
    assert run_prepared("pair", find, same) == [(run.pk,)]
    assert run_prepared("pair", find, {"one": uuid.uuid4(), "other": run.pk}) == [(run.pk,)]
