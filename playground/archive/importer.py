"""Imports the export of another installation row by row, each row in its own transaction.

IDs are kept, and existing rows do not change, so the import is idempotent and can be interrupted
and repeated. It gives nobody access: content of unknown people belongs to placeholder accounts
without login.

- A file is accepted if its SHA-256 matches its name; its thumbnail is made again.
- Unfinished runs are skipped. The others are never polled: their API key is deleted.
- Costs count in the month and on the day in which they arose; else moving a workspace would bypass
  its budget.
"""

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import Error, transaction

from playground.archive.import_context import ImportContext, Report
from playground.archive.import_readers import (
    read_event,
    read_objects,
    read_price,
    read_run,
    read_text,
    read_values,
)
from playground.archive.import_rows import ImportRow, RowError
from playground.archive.package import PackageError
from playground.catalog.checked_form import read_form
from playground.catalog.models import ModelSpec
from playground.gallery.models import Collection
from playground.media import incoming, inspection
from playground.media.content import BrokenFileError
from playground.providers import registry
from playground.runs.files import media_files
from playground.runs.files.uploads import plain_name
from playground.runs.models import (
    Event,
    MediaFile,
    MediaKind,
    Output,
    Preset,
    Run,
    Upload,
)
from playground.schema import SchemaError

CONFLICT = "it does not go with what is here already"


class Importer(ImportContext):
    """One import into one workspace."""

    def take(self) -> Report:
        for sha256 in self.package.files:
            take_file = partial(self.take_file, sha256)
            self.one("files", f"files/{sha256[:12]}…", take_file, within=contextlib.nullcontext)
        for what, take in (
            ("models", self.take_model),
            ("collections", self.take_collection),
            ("uploads", self.take_upload),
            ("runs", self.take_run),
            ("presets", self.take_preset),
        ):
            for found in self.package.lines(f"{what}.jsonl"):
                if found.row is None:
                    self.refuse(what, found.where, found.fault)
                else:
                    self.one(what, found.where, partial(take, found.row))
        return self.report

    def one(
        self,
        what: str,
        where: str,
        take: Callable[[], bool],
        *,
        within: Callable[[], AbstractContextManager[None]] = transaction.atomic,
    ) -> None:
        """Import one row atomically; count it as added, known or refused.

        within  a transaction; files are stored outside of one
        """
        try:
            with within():
                is_new = take()
        except (RowError, PackageError, BrokenFileError, incoming.StorageFailedError) as error:
            self.refuse(what, where, str(error))
        except ValidationError as error:
            self.refuse(what, where, " ".join(error.messages))
        except Error:  # violates a column's limit or a unique constraint
            self.refuse(what, where, CONFLICT)
        else:
            (self.report.added if is_new else self.report.known)[what] += 1

    def refuse(self, what: str, where: str, why: str) -> None:
        self.report.refused[what] += 1
        self.report.faults.append(f"{where}: {why}")

    def take_file(self, sha256: str) -> bool:
        kept = MediaFile.objects.filter(workspace=self.workspace, sha256=sha256).first()
        if kept and kept.original.storage.exists(kept.original.name or ""):
            return False
        content = self.package.content(sha256, settings.OUTPUT_LIMIT_BYTES)
        with incoming.receive(content) as file:
            if file.sha256 != sha256:
                raise RowError("its content is not what it was: the checksum differs")
            limit = settings.OUTPUT_LIMIT_PIXELS
            looked = inspection.inspect(file, MediaKind.FILE, "", limit_pixels=limit).content
            media_files.store_file(self.workspace.pk, file, looked)
        return True

    def take_model(self, row: ImportRow) -> bool:
        """Store a model version of imported runs for the workspace; shared models do not change.

        It becomes the current one if it was the workspace's own, or if there is no such model.
        """
        facts = {
            "provider": read_provider(row),
            "title": row.word("title", 200),
            "description": row.text("description"),
            "category": row.text("category", 40),
            "schema": row.object("schema"),
            "rules": read_objects(row, "rules"),
            "price": read_price(row),
            "examples": read_objects(row, "examples"),
        }
        slug, made_by = row.word("slug", 120), row.text("made_by", 150)
        wanted = row.number("version", least=1, most=1_000_000)
        was_own = "is_own" in row.value and row.flag("is_own")
        is_wanted = row.flag("is_current") if was_own else True
        spec = ModelSpec(slug=slug, workspace=self.workspace, made_by=made_by, **facts)
        spec.digest = spec.read_digest()
        spec.clean_fields(exclude=["version", "rules", "examples", "price"])
        alike = ModelSpec.objects.of(self.workspace).filter(slug=slug)
        shared = ModelSpec.objects.of(None).filter(slug=slug)
        known = alike if was_own else alike | shared
        if known.filter(digest=spec.digest).exists():
            return False
        try:
            read_form(spec.schema, spec.rules)
        except (SchemaError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise row.wrong("schema", f"cannot be read: {error}") from error
        newest = alike.order_by("-version").first()
        taken = alike.filter(version=wanted).exists()
        spec.version = newest.version + 1 if newest and taken else wanted
        is_free = not alike.filter(is_current=True).exists()
        spec.is_current = is_free and is_wanted and (was_own or not shared.exists())
        spec.is_retired = newest.is_retired if newest else row.flag("is_retired")
        spec.save()
        return True

    def take_collection(self, row: ImportRow) -> bool:
        pk, name = row.id("id"), row.word("name", 100)
        by = row.get("made_by") is not None and row.word("made_by", 150)
        made_at = row.moment("made_at")
        made_by = self.person(by) if by else None
        known = self.is_here(Collection, pk)
        kept = Collection.objects.filter(workspace=self.workspace)
        kept = kept.filter(pk=pk) if known else kept.called(name).filter(made_by=made_by)
        if found := kept.first():
            self.collections[pk] = found
            return False
        self.collections[pk] = Collection.objects.create(
            pk=pk, workspace=self.workspace, name=name, made_by=made_by
        )
        Collection.objects.filter(pk=pk).update(made_at=made_at)
        return True

    def take_upload(self, row: ImportRow) -> bool:
        pk, name, at = row.id("id"), plain_name(row.word("name", 255)), row.moment("created_at")
        author, sha256 = row.word("author", 150), row.hash_or_none("file")
        if self.is_here(Upload, pk):
            return False
        file = self.find_file(row, sha256 or "")
        if not file.is_playable:  # it would be sent to the provider
            raise row.wrong("file", "is no picture, video or sound")
        Upload.objects.create(
            pk=pk, workspace=self.workspace, author=self.person(author), name=name, file=file
        )
        Upload.objects.filter(pk=pk).update(created_at=at)
        return True

    def take_run(self, row: ImportRow) -> bool:
        pk, facts = row.id("id"), read_run(row)
        author, provider = row.word("author", 150), row.choice("service", [*registry.PROVIDERS])
        created_at = row.moment("created_at")
        outputs, events = list(row.rows("outputs")), list(row.rows("events"))
        if self.is_here(Run, pk):
            return False
        parent = row.get("made_from") and row.id("made_from")
        run = Run(
            pk=pk,
            workspace=self.workspace,
            author=self.person(author),
            spec=self.find_spec(row),
            api_key=self.key(provider),
            next_check_at=None,
            made_from=Run.objects.filter(workspace=self.workspace, pk=parent).first(),
            **facts,
        )
        run.save(force_insert=True)  # the signal makes the gallery index it
        Run.objects.filter(pk=pk).update(created_at=created_at)
        run.uploads.set(self.uploads_of(row))
        for each in outputs:
            self.take_output(run, each)
        for each in events:
            Event.objects.create(run=run, **read_event(each))
        return True

    def take_output(self, run: Run, row: ImportRow) -> None:
        sha256 = row.hash_or_none("file")
        output = Output(
            pk=row.id("id"),
            run=run,
            position=row.number("position"),
            kind=row.choice("kind", MediaKind.values),
            source_url=row.text("source_url", 20_000),
            broken_tries=row.number("broken_tries"),
            problem=row.text("problem"),
            problem_text=read_text(row, "problem_text"),
            stored_at=row.moment_or_none("stored_at"),
            stars=row.number("stars", most=5),
            trashed_at=row.moment_or_none("trashed_at"),
            file=self.find_file(row, sha256) if sha256 else None,
        )
        output.save(force_insert=True)
        output.tags.set(self.tag(name, run.author) for name in set(row.texts("tags", 40)))
        found = (self.collections.get(pk) for pk in row.ids("collections"))
        output.collections.set(filter(None, found))

    def take_preset(self, row: ImportRow) -> bool:
        pk, name, is_shared = row.id("id"), row.word("name", 70), row.flag("is_shared")
        author, inputs, values = row.word("author", 150), row.get("inputs"), read_values(row)
        if self.is_here(Preset, pk):
            return False
        spec, by = self.find_spec(row), self.person(author)
        named = Preset.objects.filter(workspace=self.workspace, slug=spec.slug, name=name)
        if named.filter(is_shared=True) if is_shared else named.filter(author=by, is_shared=False):
            name = f"{name} ({pk.hex[:6]})"
        preset = Preset.objects.create(
            pk=pk, workspace=self.workspace, author=by, slug=spec.slug, spec=spec, name=name,
            inputs=inputs, values=values, is_shared=is_shared,
        )  # fmt: skip
        preset.uploads.set(self.uploads_of(row))
        return True


def read_provider(row: ImportRow) -> str:
    """Return the provider of a model; exports of earlier versions have none."""
    return (
        row.choice("provider", [*registry.PROVIDERS])
        if "provider" in row.value
        else registry.DEFAULT
    )
