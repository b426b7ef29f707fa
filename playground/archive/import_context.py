"""State of one import: the workspace, the report, and referenced rows."""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F, Q
from django.utils import timezone

from playground.archive.import_rows import ImportRow, RowError
from playground.archive.package import Package
from playground.catalog.models import ModelSpec
from playground.gallery.models import Collection, Tag
from playground.runs.models import (
    MediaFile,
    Upload,
)
from playground.teams.models import ApiKey, Workspace

IMPORTED = "Imported runs"
ELSEWHERE = "it is in another workspace of this installation already, and stays there"


@dataclass(slots=True)
class Report:
    """The result of an import.

    added, known, refused  counts by kind, such as "runs"
    faults                 lines: position in the export and error
    people                 names of the placeholder accounts that were created
    """

    added: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)


class ImportContext:
    """The workspace and the package of one import, and what was imported so far."""

    def __init__(self, package: Package, workspace: Workspace) -> None:
        self.package = package
        self.workspace = workspace
        self.report = Report()
        self.collections: dict[uuid.UUID, Collection] = {}  # by their IDs in the export

    def find_file(self, row: ImportRow, sha256: str) -> MediaFile:
        file = MediaFile.objects.filter(workspace=self.workspace, sha256=sha256).first()
        if file is None:
            raise row.wrong("file", "is not among the files that were taken in")
        return file

    def find_spec(self, row: ImportRow) -> ModelSpec:
        named = ImportRow(row.object("model"), f"{row.where}model: ")
        slug, digest = named.text("slug", 120), named.text("digest", 64)
        known = ModelSpec.objects.filter(slug=slug, digest=digest)
        theirs = known.filter(Q(workspace=self.workspace) | Q(workspace=None))
        own_first = F("workspace").desc(nulls_last=True)
        spec = theirs.order_by(own_first, "-version").first()
        if spec is None:
            raise row.wrong("model", f"{slug[:60]} is not among the models in this version")
        return spec

    def is_here(self, table: Any, pk: Any) -> bool:
        """Whether this workspace has a row. Raises RowError if it belongs to another workspace."""
        found = table.objects.filter(pk=pk).values_list("workspace", flat=True).first()
        if found is not None and found != self.workspace.pk:
            raise RowError(ELSEWHERE)
        return found is not None

    def person(self, name: str) -> User:
        """Return the member with this name, else a placeholder account without login.

        A person with the same name in another workspace may be someone else.
        """
        user = User.objects.filter(username=name).first()
        if user and (is_placeholder(user) or user.memberships.filter(workspace=self.workspace)):
            return user
        if user:
            name = f"{name[:130]}.{self.workspace.pk.hex[:8]}"
        User.username_validator(name)
        made, is_new = User.objects.get_or_create(username=name, defaults={"is_active": False})
        if is_new:
            made.set_unusable_password()
            made.save(update_fields=["password"])
            if name not in self.report.people:
                self.report.people.append(name)
        return made

    def uploads_of(self, row: ImportRow) -> list[Upload]:
        ids = row.ids("uploads")
        found = list(Upload.objects.filter(workspace=self.workspace, pk__in=ids))
        if len(found) < len(ids):
            raise row.wrong("uploads", "names one that was not taken in")
        return found

    def key(self, provider: str) -> ApiKey:
        """Return the deleted API key of imported runs; it cannot pay for anything."""
        ours = ApiKey.objects.filter(workspace=self.workspace, provider=provider, name=IMPORTED)
        kept = ours.exclude(deleted_at=None).defer("secret").first()
        return kept or ApiKey.objects.create(
            workspace=self.workspace,
            provider=provider,
            name=IMPORTED,
            secret="",
            is_active=False,
            deleted_at=timezone.now(),
        )

    def tag(self, name: str, made_by: User) -> Tag:
        """Return the tag with this name, else create one that belongs to the picture's author."""
        name = " ".join(name.split())
        known: Tag | None = Tag.objects.filter(workspace=self.workspace).called(name).first()
        return known or Tag.objects.create(workspace=self.workspace, name=name, made_by=made_by)


def is_placeholder(user: User) -> bool:
    """Whether an account is a placeholder: without login and without memberships."""
    return not user.is_active and not user.memberships.exists()
