"""Memberships from before they had public identifiers get one each."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.migrating import migrate, tables_before


@pytest.fixture
def earlier_apps(transactional_db: None) -> Iterator[Any]:
    """Migrate back to the empty tables of that version, and forward again after the test."""
    with tables_before([("teams", "0006_budgets")]) as apps:
        yield apps


@pytest.mark.slow
def test_each_membership_gets_a_unique_identifier(earlier_apps: Any) -> None:
    workspace = earlier_apps.get_model("teams", "Workspace").objects.create(name="Ours")
    for name in ("ana", "bo", "cy"):
        user = earlier_apps.get_model("auth", "User").objects.create(username=name)
        earlier_apps.get_model("teams", "Membership").objects.create(workspace=workspace, user=user)
    memberships = migrate([("teams", "0007_membership_public_ids")]).get_model(
        "teams", "Membership"
    )
    found = memberships.objects.values_list("public_id", flat=True)
    assert len(set(found)) == len(found) == 3
    assert {each.version for each in found} == {4}
