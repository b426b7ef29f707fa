"""Rows from before a migration: tags without a creator, text that was tokenised differently."""

import pytest
from django.contrib.auth.models import User
from django.db import connection

from playground.gallery import search_index
from playground.gallery.filters import search_condition
from playground.gallery.models import RunWords, Tag
from playground.runs.models import Output
from playground.teams.models import Workspace
from tests.gallery.conftest import AddPicture
from tests.migrating import tables_before

pytestmark = pytest.mark.slow

BEFORE = [("gallery", "0003_names_of_their_makers")]


def test_a_tag_moves_to_the_author_of_its_picture_and_unused_ones_go(
    transactional_db: None, add_picture: AddPicture, workspace: Workspace
) -> None:
    bo = User.objects.create_user("bo")
    kept = add_picture("kept", run={"author": bo, "is_shared": False})
    with tables_before(BEFORE):
        workspace.tags.create(name="merger").outputs.add(kept)
        workspace.tags.create(name="forgotten")
    assert list(Tag.objects.values_list("name", "made_by")) == [("merger", bo.pk)]


def test_earlier_text_is_found_before_and_after_it_is_indexed_again(
    transactional_db: None, add_picture: AddPicture, workspace: Workspace
) -> None:
    run = add_picture("a lighthouse").run
    RunWords.objects.all().delete()
    with tables_before([("gallery", "0004_makers_of_tags")]), connection.cursor() as cursor:
        key = run.pk.hex if connection.vendor == "sqlite" else run.pk
        sql = "INSERT INTO gallery_runwords (run_id, words) VALUES (%s, %s)"
        cursor.execute(sql, [key, "as it was"])
    assert RunWords.objects.get().version == 1
    assert Output.objects.filter(*search_condition("as it was")).exists()
    assert search_index.reindex_some()
    assert not Output.objects.filter(*search_condition("as it was")).exists()
    assert Output.objects.filter(*search_condition("lighthouse")).exists()
