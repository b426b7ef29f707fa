"""Tags from before anybody wrote down who made them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from playground.gallery.models import Tag
from playground.teams.models import Workspace
from tests.gallery.conftest import Hang

BEFORE = [("gallery", "0003_names_of_their_makers")]


@pytest.fixture
def newest(transactional_db: None) -> Iterator[list[Any]]:
    targets = MigrationExecutor(connection).loader.graph.leaf_nodes("gallery")
    yield targets
    MigrationExecutor(connection).migrate(targets)


def test_a_tag_goes_to_whoever_made_its_picture_and_one_on_nothing_goes(
    newest: list[Any], hang: Hang, workspace: Workspace
) -> None:
    bo = User.objects.create_user("bo")
    kept = hang("kept", run={"author": bo, "is_shared": False})
    MigrationExecutor(connection).migrate(BEFORE)
    workspace.tags.create(name="merger").outputs.add(kept)
    workspace.tags.create(name="forgotten")
    MigrationExecutor(connection).migrate(newest)
    assert list(Tag.objects.values_list("name", "made_by")) == [("merger", bo.pk)]
