"""Exports a workspace as one zip, for another installation.

It contains no API keys, passwords, sessions, members, invitations or budgets. People appear as user
names of authors. Unfinished runs are omitted: two installations must not poll the same task. The
order of its entries allows reading it in one pass:

workspace.json     what this is
files/HASH.SUFFIX  stored files, named by their SHA-256
models.jsonl, collections.jsonl, uploads.jsonl, runs.jsonl, presets.jsonl
                   one JSON document per line; a run with its outputs and events
left-out.txt       what was omitted, and why
"""

import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from typing import Any

from django.db.models import Count, F, Model, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from playground.archive.zip_stream import ZipEntry, open_stored, write_zip
from playground.catalog.models import ModelSpec
from playground.gallery.models import Collection
from playground.money import format_number
from playground.runs import texts
from playground.runs.models import FINISHED, MediaFile, Output, Preset, Run, Status, Upload
from playground.runs.models.output import problem_columns
from playground.teams.models import Membership, Workspace

FORMAT, VERSION = "playground workspace", 1
BATCH = 100
SETTLED = Q(status__in=FINISHED) & (~Q(status=Status.SUCCEEDED) | Q(stored_at__isnull=False))
RUN_FACTS = (
    "inputs", "template", "is_shared", "status", "idempotency_key", "task_id", "request_id",
    "ticket_answer", "task_answer", "cost_expected", "cost_most", "cost_estimate", "cost_actual",
    "problem", "problem_message", "problem_text", "problem_detail", "problem_fields",
    "problem_since", "created_at", "sent_at", "accepted_at", "finished_at", "stored_at",
    "history_at", "attempts",
)  # fmt: skip
OUTPUT_FACTS = (
    "id", "position", "kind", "source_url", "broken_tries", "problem", "problem_text", "stored_at",
    "stars", "trashed_at",
)  # fmt: skip


@dataclass(slots=True)
class Export:
    """The content of one export.

    membership  of the person who exports: private content of others is omitted; None for the
                operator, who can read the database anyway
    missing     files that were not found in the storage
    """

    workspace: Workspace
    membership: Membership | None = None
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def runs(self) -> QuerySet[Run]:
        runs = Run.objects.filter(workspace=self.workspace)
        return runs.visible_to(self.membership) if self.membership else runs

    @property
    def settled(self) -> QuerySet[Run]:
        return self.runs.filter(SETTLED)

    @property
    def uploads(self) -> QuerySet[Upload]:
        uploads = Upload.objects.filter(workspace=self.workspace)
        return uploads.visible_to(self.membership) if self.membership else uploads

    @property
    def presets(self) -> QuerySet[Preset]:
        presets = Preset.objects.filter(workspace=self.workspace)
        return presets.visible_to(self.membership) if self.membership else presets

    @property
    def files(self) -> QuerySet[MediaFile]:
        outputs = Output.objects.filter(run__in=self.settled).values("file")
        ours = MediaFile.objects.filter(workspace=self.workspace)
        return ours.filter(Q(pk__in=outputs) | Q(pk__in=self.uploads.values("file")))

    def left_out(self) -> Iterator[str]:
        """Yield sentences about what the export omits."""
        if count := self.runs.exclude(SETTLED).count():
            yield ngettext(
                "%(count)d run in progress. Export again when it has finished.",
                "%(count)d runs in progress. Export again when they have finished.",
                count,
            ) % {"count": count}
        hidden = Run.objects.filter(workspace=self.workspace).count() - self.runs.count()
        if hidden:
            yield ngettext(
                "%(count)d private run of another member. Only the operator can export it, with "
                "manage.py export_workspace.",
                "%(count)d private runs of other members. Only the operator can export them, with "
                "manage.py export_workspace.",
                hidden,
            ) % {"count": hidden}

    def entries(self) -> Iterator[ZipEntry]:
        facts = {"format": FORMAT, "version": VERSION, "name": self.workspace.name}
        facts["shares_runs"] = self.workspace.shares_runs
        yield ZipEntry(name="workspace.json", content=encode_line(facts), is_text=True)
        for file in read_in_batches(self.files, "pk"):
            yield from self.content(file)
        for name, documents in (
            ("models", self.models()),
            ("collections", map(write_collection, self.collections())),
            ("uploads", self.write_uploads()),
            ("runs", self.write_runs()),
            ("presets", self.write_presets()),
        ):
            lines = (encode_line(document) for document in documents)
            yield ZipEntry(name=f"{name}.jsonl", content=lines, is_text=True)
        words = [*self.left_out()]
        words += [
            _("File %(name)s: %(why)s.") % {"name": name, "why": why}
            for name, why in self.missing.items()
        ]
        if words:
            text = "\n".join([_("Not included in this export:"), "", *words, ""])
            yield ZipEntry(name="left-out.txt", content=text.encode(), is_text=True)

    def content(self, file: MediaFile) -> Iterator[ZipEntry]:
        def note(why: str) -> None:
            self.missing[file.sha256] = why

        content = open_stored(file.original, note)
        if content is not None:
            yield ZipEntry(name=f"files/{file.sha256}{file.suffix}", content=content)

    def models(self) -> Iterator[dict[str, Any]]:
        """Yield the workspace's own models, and the shared models that its runs use."""
        used = Q(runs__in=self.settled) | Q(presets__in=self.presets)
        theirs = Q(workspace=self.workspace) | used
        specs = ModelSpec.objects.filter(theirs).distinct().values_list("pk", flat=True)
        # Newest first: the importer makes the first version of an unknown model the current one.
        own_first = F("workspace").desc(nulls_last=True)
        found = ModelSpec.objects.filter(pk__in=list(specs))
        for spec in found.order_by("slug", own_first, "-version"):
            is_own = spec.workspace_id is not None
            yield {
                "slug": spec.slug,
                "version": spec.version,
                "is_own": is_own,
                "is_current": spec.is_current,
                # The editors of shared models may belong to no workspace.
                "made_by": spec.made_by if is_own else "",
                "is_retired": spec.is_retired,
                "digest": spec.digest,
                **spec.facts,
            }

    def collections(self) -> QuerySet[Collection]:
        made = Collection.objects.filter(workspace=self.workspace)
        seen = Collection.objects.visible_to(self.membership) if self.membership else made
        return seen.select_related("made_by").order_by("pk")

    def write_uploads(self) -> Iterator[dict[str, Any]]:
        for upload in read_in_batches(self.uploads.select_related("author", "file"), "created_at"):
            if upload.file.sha256 not in self.missing:
                yield {
                    "id": upload.pk,
                    "author": upload.author.get_username(),
                    "name": upload.name,
                    "file": upload.file.sha256,
                    "created_at": upload.created_at,
                }

    def write_runs(self) -> Iterator[dict[str, Any]]:
        """Yield runs oldest first, so that each follows the run that it was made from."""
        loaded = self.settled.select_related("spec", "author", "api_key", "made_from")
        loaded = loaded.defer("api_key__secret").prefetch_related(
            "uploads__file", "events", "outputs__file", "outputs__tags", "outputs__collections"
        )
        known = self.settled
        for run in read_in_batches(loaded, "created_at"):
            parent = run.made_from_id
            if parent and not known.filter(pk=parent).exists():
                parent = None
            yield {
                "id": run.pk,
                "author": run.author.get_username(),
                "model": name_spec(run.spec),
                "service": run.api_key.provider,
                "made_from": parent,
                **{name: getattr(run, name) for name in RUN_FACTS},
                # Signed URLs give access to files, so only their existence is exported.
                "addresses": {key: "signed" if to else "" for key, to in run.addresses.items()},
                "uploads": self.ids_of(run.uploads.all()),
                "outputs": [self.write_output(output) for output in run.outputs.all()],
                "events": [
                    {name: getattr(event, name) for name in EVENT_FACTS}
                    for event in run.events.all()
                ],
            }

    def ids_of(self, uploads: Iterable[Upload]) -> list[str]:
        return sorted(str(each.pk) for each in uploads if each.file.sha256 not in self.missing)

    def write_output(self, output: Output) -> dict[str, Any]:
        facts = {name: getattr(output, name) for name in OUTPUT_FACTS}
        file = output.file.sha256 if output.file else None
        if file in self.missing:
            file = None
            facts |= problem_columns(texts.MISSING_IN_EXPORT)
        return facts | {
            "file": file,
            "tags": sorted(tag.name for tag in output.tags.all()),
            "collections": sorted(str(each.pk) for each in output.collections.all()),
        }

    def write_presets(self) -> Iterator[dict[str, Any]]:
        loaded = self.presets.select_related("author", "spec").prefetch_related("uploads__file")
        for preset in read_in_batches(loaded, "pk"):
            yield {
                "id": preset.pk,
                "author": preset.author.get_username(),
                "model": name_spec(preset.spec),
                **{name: getattr(preset, name) for name in ("name", "inputs", "values")},
                "is_shared": preset.is_shared,
                "uploads": self.ids_of(preset.uploads.all()),
            }


EVENT_FACTS = ("source", "position", "at", "words", "text", "raw")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportCounts:
    """The numbers and size of an export's content."""

    runs: int
    files: int
    size_bytes: int


def count_content(export: Export) -> ExportCounts:
    sizes = export.files.aggregate(files=Count("pk"), size=Sum("size_bytes"))
    return ExportCounts(
        runs=export.settled.count(), files=sizes["files"], size_bytes=sizes["size"] or 0
    )


def write_export(export: Export) -> Iterator[bytes]:
    return write_zip(export.entries())


def write_collection(collection: Collection) -> dict[str, Any]:
    made_by = collection.made_by.get_username() if collection.made_by else None
    facts = {"id": collection.pk, "name": collection.name, "made_by": made_by}
    return facts | {"made_at": collection.made_at}


def name_spec(spec: ModelSpec) -> dict[str, str]:
    return {"slug": spec.slug, "digest": spec.digest}


def read_in_batches[Row: Model](rows: QuerySet[Row], by: str) -> Iterator[Row]:
    """Yield rows in order, in batches, with constant memory and no open transaction."""
    ids = list(rows.order_by(by, "pk").values_list("pk", flat=True))
    for batch in batched(ids, BATCH):
        found = {row.pk: row for row in rows.filter(pk__in=batch)}
        yield from (found[pk] for pk in batch if pk in found)


def encode_line(document: dict[str, Any]) -> bytes:
    text = json.dumps(document, ensure_ascii=False, default=encode_value)
    return text.encode(errors="replace") + b"\n"


def encode_value(value: Any) -> str:
    match value:
        case datetime():
            return value.isoformat()
        case uuid.UUID():
            return str(value)
    return format_number(value)
