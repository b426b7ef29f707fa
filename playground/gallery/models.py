import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from playground.gallery.search_words import VERSION
from playground.runs.models import Output, Run
from playground.teams.models import Membership, Workspace


class RunWords(models.Model):
    """The words by which a run is found, cut as in `search_words.py`.

    The id is a number because SQLite's full text index knows rows by numbers only.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.OneToOneField(Run, models.CASCADE, related_name="words")
    words = models.TextField()
    # How they were cut. A version of the program that knows nothing of it writes 1.
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
    """One input of a run that was chosen rather than written: "resolution", "4k"."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, models.CASCADE, related_name="input_words")
    name = models.CharField(max_length=80)
    word = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["name", "word", "run"], name="input_word")]

    def __str__(self) -> str:
        return f"{self.name} = {self.word}"


class NameQuerySet(models.QuerySet[Any]):
    """Questions to tags and collections: names that people gave, and pictures under them."""

    def visible_to(self, membership: Membership) -> Self:
        """Return those that a person may know of.

        That is what they made themselves, and what a picture is under that they see; so a name
        that only is over what others keep to themselves is not there. Where no one knows who
        made it and nothing is under it, everybody sees it: no one else could delete it.
        """
        under = {self.model.RELATED: OuterRef("pk")}
        seen = Output.objects.visible_in_order(membership).filter(**under)
        is_nobodys = Q(made_by=None) & ~Exists(Output.objects.filter(**under))
        ours = self.filter(workspace=membership.workspace_id)
        return ours.filter(Q(made_by=membership.user_id) | Exists(seen) | is_nobodys)

    def called(self, name: str) -> Self:
        """Return those of a name, whatever its case."""
        return self.filter(name__iexact=name)


class Tag(models.Model):
    """A word that people sort their pictures by.

    There may be several of one name in a workspace: a person who does not see a tag makes one of
    their own. Where a person sees both, they are shown as one.
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
    """Pictures that a person put together under a name.

    Others see it as soon as it holds a picture that they see. As with tags, there may be several of
    one name.
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
