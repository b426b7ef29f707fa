import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from playground.gallery.search_words import VERSION
from playground.runs.models import Output, Run
from playground.teams.models import Membership, Workspace


class RunWords(models.Model):
    """The search index of runs, tokenised by `search_words.py`.

    The primary key is an integer because SQLite's FTS5 needs integer row IDs.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.OneToOneField(Run, models.CASCADE, related_name="words")
    words = models.TextField()
    # Version of the tokenizer. Program versions without this column write 1.
    version = models.PositiveSmallIntegerField(default=VERSION, db_default=1)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(version__lt=VERSION),
                name="run_words_cut_otherwise",
            ),
        ]

    def __str__(self) -> str:
        return self.words[:60]


class InputWord(models.Model):
    """One chosen (not typed) input of a run: "resolution", "4k"."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, models.CASCADE, related_name="input_words")
    name = models.CharField(max_length=80)
    word = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["name", "word", "run"], name="input_word")]

    def __str__(self) -> str:
        return f"{self.name} = {self.word}"


class NameQuerySet(models.QuerySet[Any]):
    """Queries on tags and collections."""

    def visible_to(self, membership: Membership) -> Self:
        """Return those that a person may see.

        They see their own, and those with a picture that they see; so names used only on private
        pictures of others are hidden. Empty ones without an author are visible to everybody: else
        nobody could delete them.
        """
        under = {self.model.RELATED: OuterRef("pk")}
        seen = Output.objects.visible_in_order(membership).filter(**under)
        is_nobodys = Q(made_by=None) & ~Exists(Output.objects.filter(**under))
        ours = self.filter(workspace=membership.workspace_id)
        return ours.filter(Q(made_by=membership.user_id) | Exists(seen) | is_nobodys)

    def called(self, name: str) -> Self:
        """Return those with a name, case-insensitively."""
        return self.filter(name__iexact=name)


class Tag(models.Model):
    """A tag of pictures.

    Names are not unique in a workspace: a person who does not see a tag can create another one with
    its name. A person who sees both sees them as one.
    """

    RELATED = "tags"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="tags")
    name = models.CharField(max_length=40)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    outputs = models.ManyToManyField(Output, related_name="tags")

    objects = NameQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


class Collection(models.Model):
    """A named collection of pictures.

    Others see it if it contains a picture that they see. As with tags, names are not unique.
    """

    RELATED = "collections"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="collections")
    name = models.CharField(max_length=100)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    outputs = models.ManyToManyField(Output, related_name="collections")

    objects = NameQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name
