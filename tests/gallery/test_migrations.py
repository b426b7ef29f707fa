"""Tags from before anybody wrote down who made them."""

from django.contrib.auth.models import User

from playground.gallery.models import Tag
from playground.teams.models import Workspace
from tests.gallery.conftest import Hang
from tests.migrating import tables_before

BEFORE = [("gallery", "0003_names_of_their_makers")]


def test_a_tag_goes_to_the_author_of_its_picture_and_one_on_nothing_goes(
    transactional_db: None, hang: Hang, workspace: Workspace
) -> None:
    bo = User.objects.create_user("bo")
    kept = hang("kept", run={"author": bo, "is_shared": False})
    with tables_before(BEFORE):
        workspace.tags.create(name="merger").outputs.add(kept)
        workspace.tags.create(name="forgotten")
    assert list(Tag.objects.values_list("name", "made_by")) == [("merger", bo.pk)]
