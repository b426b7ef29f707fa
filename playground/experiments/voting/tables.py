"""Tables: votings, contenders, votes and named voters."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from playground.catalog.models import ModelSpec
from playground.runs.models import Output
from playground.teams.models import Membership, Workspace

TITLE_CHARACTERS = 120


class VotingQuerySet(models.QuerySet["Voting"]):
    def visible_to(self, membership: Membership) -> Self:
        """Return the votings that a member may see: their own, and those with a shared picture."""
        shared = Contender.objects.filter(voting=OuterRef("pk"), output__run__is_shared=True)
        seen = Q(author=membership.user_id) | Exists(shared)
        return self.filter(seen, workspace=membership.workspace_id)


class Voting(models.Model):
    """A blind comparison of pictures in pairs.

    source      unique source of the pictures: "experiment:<id>", "collection:<id>", or "selection:"
          and a digest of its pictures
    experiment  the experiment of the pictures, if any
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="votings")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="votings")
    source = models.CharField(max_length=100)
    title = models.CharField(max_length=TITLE_CHARACTERS)
    experiment = models.ForeignKey(
        "experiments.Experiment", models.CASCADE, null=True, related_name="votings"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = VotingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["workspace", "-created_at"], name="voting_newest")]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "source"], name="voting_source_once"),
        ]

    def __str__(self) -> str:
        return f"Voting {self.pk}"  # no user input, as it may be logged

    def get_absolute_url(self) -> str:
        return reverse("vote", args=[self.pk])


class ContenderQuerySet(models.QuerySet["Contender"]):
    def visible_to(self, membership: Membership) -> Self:
        seen = Q(output__run__is_shared=True) | Q(output__run__author=membership.user_id)
        return self.filter(seen, voting__workspace=membership.workspace_id)

    def votable(self) -> Self:
        """Return the contenders whose pictures can be shown."""
        return self.filter(output__file__isnull=False, output__trashed_at=None)


class Contender(models.Model):
    """A picture in a voting.

    output  has no file if it was deleted permanently, None if its run was; its votes still count
    place   coordinates of its cell in an experiment
    """

    voting = models.ForeignKey(Voting, models.CASCADE, related_name="contenders")
    output = models.ForeignKey(Output, models.SET_NULL, null=True, related_name="contenders")
    spec = models.ForeignKey(ModelSpec, models.PROTECT, related_name="+")
    place = models.CharField(max_length=60, blank=True)

    objects = ContenderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["voting", "output"], name="contender_once"),
        ]

    def __str__(self) -> str:
        return f"Contender {self.pk} of voting {self.voting_id}"


class Verdict(models.TextChoices):
    LEFT = "left", _("The left one")
    RIGHT = "right", _("The right one")
    BOTH = "both", _("Both")
    NEITHER = "neither", _("Neither")


class Vote(models.Model):
    """The verdict of a person on a pair; unique for person and unordered pair.

    pair  both contenders, the one with the lower id first
    """

    voting = models.ForeignKey(Voting, models.CASCADE, related_name="votes")
    voter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="votes")
    left = models.ForeignKey(Contender, models.CASCADE, related_name="votes_as_left")
    right = models.ForeignKey(Contender, models.CASCADE, related_name="votes_as_right")
    pair = models.CharField(max_length=48)
    verdict = models.CharField(max_length=8, choices=Verdict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["voting", "voter", "pair"], name="vote_once"),
        ]

    def __str__(self) -> str:
        return f"Vote {self.pk} of voting {self.voting_id}"


class NamedVoter(models.Model):
    """A person who consented to be named with their votes; others are only counted."""

    voting = models.ForeignKey(Voting, models.CASCADE, related_name="named_voters")
    voter = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["voting", "voter"], name="named_voter_once"),
        ]

    def __str__(self) -> str:
        return f"Named voter of voting {self.voting_id}"


def name_pair(one: int, other: int) -> str:
    return f"{min(one, other)}-{max(one, other)}"
