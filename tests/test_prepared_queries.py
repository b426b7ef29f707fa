"""Queries with cached SQL return the same rows as the ones that Django compiles each time."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from playground.prepared_queries import load_prepared, run_prepared
from playground.runs.models import Run
from playground.teams.models import Membership


def find_runs(values: Mapping[str, Any]) -> QuerySet[Run, Any]:
    runs = Run.objects.filter(
        pk=values["pk"],
        author=values["author"],
        spec__slug=values["slug"],
        created_at__gt=values["since"],
        is_shared=True,
    )
    return runs.values_list("pk", "author_id", "created_at", "stored_at", "is_shared")


def test_a_prepared_query_takes_other_values(
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


def test_two_equal_values_keep_their_own_positions(run: Run) -> None:
    def find(values: Mapping[str, Any]) -> QuerySet[Run, Any]:
        runs = Run.objects.filter(pk__in=[values["one"], values["other"]])
        return runs.values_list("pk")

    same = {"one": run.pk, "other": run.pk}
    assert run_prepared("pair", find, same) == [(run.pk,)]
    assert run_prepared("pair", find, {"one": uuid.uuid4(), "other": run.pk}) == [(run.pk,)]


def test_prepared_objects_equal_those_of_django_with_their_joins(
    run: Run, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def find(values: Mapping[str, Any]) -> QuerySet[Run, Run]:
        return Run.objects.filter(pk=values["pk"]).select_related("spec", "made_from")

    expected = find({"pk": run.pk}).get()
    for _ in range(2):  # compiled, then cached
        with django_assert_num_queries(1):
            (found,) = load_prepared("one", find, {"pk": run.pk})
            columns = [field.attname for field in Run._meta.concrete_fields]
            assert [getattr(found, name) for name in columns] == [
                getattr(expected, name) for name in columns
            ]
            assert found.spec.schema == expected.spec.schema
            assert found.made_from is None
        assert load_prepared("one", find, {"pk": uuid.uuid4()}) == []


def test_one_prepared_statement_serves_each_person(run: Run) -> None:
    def find(values: Mapping[str, Any]) -> QuerySet[Membership, Membership]:
        return Membership.objects.filter(user=values["user"]).with_workspaces()

    def ask(user: int) -> list[int]:
        return [each.user_id for each in load_prepared("threads", find, {"user": user})]

    assert ask(run.author_id) == [run.author_id]
    loaded = load_prepared("threads", find, {"user": run.author_id})
    assert loaded[0].workspace.name == run.workspace.name
    assert ask(run.author_id + 1) == []
