import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from playground.runs.models import Output, Run
from playground.teams.models import Workspace


class RunWords(models.Model):
    """The words by which a run is found, cut as `words.py` does it.

    The id is a number because SQLite's full text index knows rows by numbers only.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.OneToOneField(Run, models.CASCADE, related_name="words")
    words = models.TextField()

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


class Tag(models.Model):
    """A word that a workspace sorts its pictures by."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="tags")
    name = models.CharField(max_length=40)
    outputs = models.ManyToManyField(Output, related_name="tags")

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint("workspace", Lower("name"), name="tag_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Collection(models.Model):
    """Pictures that somebody put together under a name, for the whole workspace."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="collections")
    name = models.CharField(max_length=100)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    outputs = models.ManyToManyField(Output, related_name="collections")

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint("workspace", Lower("name"), name="collection_once"),
        ]

    def __str__(self) -> str:
        return self.name
