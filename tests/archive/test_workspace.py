"""Export and import of a workspace: nothing is lost or duplicated, and no import is trusted."""

import hashlib
import io
import json
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation

from playground.archive import importer
from playground.archive.importer import Importer
from playground.archive.package import open_package
from playground.catalog import shipped
from playground.catalog.models import ModelSpec
from playground.gallery import bulk_actions
from playground.gallery.filters import Filters, find_outputs
from playground.providers import registry
from playground.runs.costs import budgets
from playground.runs.files.trash import delete_file
from playground.runs.models import Event, MediaFile, Output, Preset, Run, Upload
from playground.teams.models import ApiKey, Membership, Role, Workspace
from tests.archive.conftest import AddStoredPicture, remove_stored_file, store, unpack
from tests.conftest import picture_bytes

type Files = dict[str, bytes]


@pytest.fixture
def studio(
    add_stored_picture: AddStoredPicture, workspace: Workspace, ana: User, membership: Membership
) -> Output:
    """A workspace with rows of every kind; returns its first output."""
    Workspace.objects.update(name="Studio")
    bea = User.objects.create_user("bea")
    Membership.objects.create(workspace=workspace, user=bea, role=Role.MEMBER)
    first = add_stored_picture("a lighthouse", colour="red", count=2)
    upload = Upload.objects.create(
        workspace=workspace, author=bea, name="参考.png",
        file=store(workspace, picture_bytes((9, 9), colour="lime")),
    )  # fmt: skip
    second = add_stored_picture(
        "海边的灯塔", colour="navy", run={"author": bea, "is_shared": False}
    )
    Run.objects.filter(pk=second.run_id).update(
        made_from=first.run, cost_actual="0.0315",
        inputs={"prompt": "海", "image": upload.reference},
        addresses={upload.reference: "https://example.com/secret-address"}, task_answer='{"a": 1}',
        template={"inputs": {"prompt": "{{x}}"}, "values": {"x": "海"}},
    )  # fmt: skip
    second.run.uploads.add(upload)
    first.run.log("something happened")
    all_of_it = Output.objects.all()
    bulk_actions.rate(all_of_it.filter(pk=first.pk), "4")
    bulk_actions.add_tag(membership, all_of_it, "Best")
    bulk_actions.add_to_collection(membership, all_of_it.filter(pk=second.pk), "Autumn")
    bulk_actions.move_to_trash(all_of_it.filter(run=first.run, position=1))
    Preset.objects.create(
        workspace=workspace, author=ana, spec=first.run.spec, slug=first.run.spec.slug,
        name="dusk", inputs={"prompt": "dusk"}, values={"x": "1"}, is_shared=True,
    )  # fmt: skip
    waiting = add_stored_picture("under way").run
    Run.objects.filter(pk=waiting.pk).update(status="processing", finished_at=None, stored_at=None)
    return first


def export(folder: Path, name: str = "out.zip") -> Path:
    path = folder / name
    call_command("export_workspace", path, workspace="Studio")
    return path


def import_workspace(path: Path, **options: str) -> str:
    output = io.StringIO()
    call_command("import_workspace", path, stdout=output, **options)
    return output.getvalue()


def read_files(path: Path) -> Files:
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist() if name != "left-out.txt"}


def reset_installation() -> None:
    """Delete everything, so that the installation is as after its first start."""
    Run.objects.all().delete()
    Preset.objects.all().delete()
    Upload.objects.all().delete()
    for file in MediaFile.objects.all():
        delete_file(file)
    ApiKey.objects.all().delete()
    Workspace.objects.all().delete()
    User.objects.all().delete()
    ModelSpec.objects.all().delete()
    shipped.publish_all()


def edit_export(path: Path, name: str, edit: Callable[[dict[str, Any]], Any]) -> Path:
    """Rewrite the export with an edit of each line of one file."""
    files = read_files(path)
    lines = [json.loads(line) for line in files[name].splitlines()]
    for line in lines:
        edit(line)
    files[name] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    return pack(path.with_name("changed.zip"), files)


def pack(path: Path, files: Files) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path


def test_an_import_followed_by_an_export_gives_the_same_bytes(
    studio: Output, tmp_path: Path
) -> None:
    before = export(tmp_path)
    reset_installation()
    import_workspace(before)
    after = export(tmp_path, "again.zip")
    assert read_files(after) == read_files(before)
    runs = read_files(before)["runs.jsonl"].splitlines()
    assert (len(runs), MediaFile.objects.count()) == (2, 3)
    assert all(Path(file.thumbnail.path).exists() for file in MediaFile.objects.all())


def test_a_model_of_an_earlier_version_gets_the_only_provider_of_that_version(
    studio: Output, tmp_path: Path
) -> None:
    old = edit_export(export(tmp_path), "models.jsonl", lambda line: line.pop("provider"))
    reset_installation()
    assert "0 refused" in import_workspace(old)
    assert ModelSpec.objects.exclude(provider=registry.MINDVIDEO.slug).count() == 0


def test_a_repeated_import_changes_nothing(studio: Output, tmp_path: Path) -> None:
    path = export(tmp_path)
    reset_installation()
    import_workspace(path)
    output = import_workspace(path)
    assert "runs: 0 taken in, 2 here already, 0 refused" in output
    assert (Run.objects.count(), Output.objects.count(), Event.objects.count()) == (2, 3, 1)
    assert (User.objects.count(), Workspace.objects.count(), ApiKey.objects.count()) == (2, 1, 1)


def test_imported_runs_can_be_searched_and_imported_accounts_are_inactive(
    studio: Output, tmp_path: Path
) -> None:
    path = export(tmp_path)
    reset_installation()
    output = import_workspace(path, workspace="Atelier")
    assert "bea" in output
    owner = User.objects.create_user("cleo")
    membership = Membership.objects.create(
        workspace=Workspace.objects.get(name="Atelier"), user=owner, role=Role.OWNER
    )
    assert [output.pk for output in find_outputs(membership, Filters(q="lighthouse"))] == [
        studio.pk
    ]
    assert [output.stars for output in find_outputs(membership, Filters(tag="Best"))] == [4]
    assert not User.objects.exclude(pk=owner.pk).filter(is_active=True).exists()
    assert not find_outputs(membership, Filters(person="bea")).exists()  # still private


def test_an_import_moves_no_key_and_polls_no_run(studio: Output, tmp_path: Path) -> None:
    path = export(tmp_path)
    output = b"".join(read_files(path).values())
    assert b"mv_sandbox_gallery" not in output
    assert b"secret-address" not in output
    reset_installation()
    import_workspace(path)
    assert not Run.objects.exclude(next_check_at=None).exists()
    assert not ApiKey.objects.kept().exists()


def test_imported_costs_count_in_this_month(studio: Output, tmp_path: Path) -> None:
    Run.objects.filter(cost_actual__isnull=False).update(created_at=timezone.now())
    ApiKey.objects.update(provider=registry.MINDVIDEO.slug)
    path = export(tmp_path)
    reset_installation()
    import_workspace(path)
    workspace = Workspace.objects.get()
    workspace.monthly_budget = 1
    workspace.save()
    user = User.objects.create_user("cleo")
    membership = Membership.objects.create(workspace=workspace, user=user, role=Role.OWNER)
    (standing,) = budgets.list_statuses(membership)
    assert str(standing.used).startswith("0.0315")


def test_an_import_brings_workspace_models_and_keeps_those_of_the_installation(
    studio: Output, tmp_path: Path
) -> None:
    workspace, shipped_one = studio.run.workspace, studio.run.spec
    own: dict[str, Any] = {"workspace": workspace, "made_by": "ana"}
    ModelSpec.objects.publish("ours", **own, title="Ours", schema={"type": "object"})
    facts = shipped_one.facts | {"title": "Our own Lite"}
    ModelSpec.objects.publish(shipped_one.slug, **own, **facts)
    ModelSpec.objects.publish("unused", title="Of all", schema={"type": "object"})
    before = export(tmp_path)
    reset_installation()
    ModelSpec.objects.of(None).update(title="Changed there", digest="other")
    import_workspace(before)
    there = Workspace.objects.get()
    assert set(ModelSpec.objects.newest(there).values_list("title", "made_by")) == {
        ("Ours", "ana"),
        ("Our own Lite", "ana"),
    }
    assert set(ModelSpec.objects.of(None).values_list("title", flat=True)) == {"Changed there"}
    assert {run.spec.title for run in Run.objects.all()} == {shipped_one.title}


def test_an_import_changes_no_models_of_other_workspaces(studio: Output, tmp_path: Path) -> None:
    path = export(tmp_path)
    reset_installation()
    ModelSpec.objects.of(None).update(title="Changed there", digest="other")
    neighbour = Workspace.objects.create(name="Next door")
    import_workspace(path)
    (kept,) = ModelSpec.objects.newest(neighbour)
    assert kept.title == "Changed there"
    assert ModelSpec.objects.newest(Workspace.objects.get(name="Studio")).get() == kept
    assert not Run.objects.filter(spec=kept).exists()


def test_an_export_does_not_name_who_changed_the_installations_models(
    studio: Output, tmp_path: Path
) -> None:
    ModelSpec.objects.update(made_by="root")
    assert b'"root"' not in read_files(export(tmp_path))["models.jsonl"]


def test_an_import_takes_no_rows_from_another_workspace(studio: Output, tmp_path: Path) -> None:
    path, before = export(tmp_path), list(Output.objects.order_by("pk").values())
    with pytest.raises(CommandError, match="were not taken in"):
        import_workspace(path, workspace="Next door")
    assert list(Output.objects.order_by("pk").values()) == before
    assert Run.objects.filter(workspace__name="Next door").count() == 0


def test_a_person_with_a_known_username_is_imported_as_another_account(
    studio: Output, tmp_path: Path
) -> None:
    path = export(tmp_path)
    reset_installation()
    User.objects.create_user("bea")
    import_workspace(path)
    assert User.objects.get(username="bea").runs.count() == 0
    assert Run.objects.filter(author__username__startswith="bea.").count() == 1


def test_an_interrupted_import_resumes_where_it_stopped(
    studio: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    path = export(tmp_path)
    reset_installation()
    taken: list[Any] = []
    real = Importer.take_output

    def kill_at_second_output(self: Importer, run: Run, row: Any) -> None:
        real(self, run, row)
        taken.append(row)
        if len(taken) == 2:
            raise Killed

    monkeypatch.setattr(Importer, "take_output", kill_at_second_output)
    with pytest.raises(Killed):
        import_workspace(path)
    monkeypatch.setattr(Importer, "take_output", real)
    assert Output.objects.count() == 0  # a run is imported with all of its outputs or not at all
    import_workspace(path)
    assert read_files(export(tmp_path, "again.zip")) == read_files(path)


def set_values(**facts: Any) -> Callable[[dict[str, Any]], None]:
    return lambda row: row.update(facts)


FORGED_DOCUMENTS = [
    ("runs.jsonl", set_values(status="processing"), "“status” is none of"),
    ("runs.jsonl", set_values(attempts=10**30), "“attempts” is no whole number"),
    ("runs.jsonl", set_values(cost_actual="NaN"), "“cost_actual” is no amount"),
    ("runs.jsonl", set_values(cost_actual=5), "“cost_actual” is no amount"),
    ("runs.jsonl", set_values(finished_at="soon"), "“finished_at” is no time"),
    ("runs.jsonl", set_values(finished_at=None), "“finished_at” is no time"),
    ("runs.jsonl", set_values(author=["ana"]), "“author” is no text"),
    ("runs.jsonl", set_values(author="a b<c"), "valid username"),
    ("runs.jsonl", set_values(id="../../etc"), "“id” is no id"),
    ("runs.jsonl", set_values(outputs=[1]), "“outputs” holds something else than objects"),
    ("runs.jsonl", set_values(outputs=[{}]), "outputs 1: “file” is missing"),
    ("runs.jsonl", set_values(template={"inputs": {}}), "template: “values” is missing"),
    ("runs.jsonl", set_values(model={"slug": "x", "digest": "y"}), "is not among the models"),
    ("runs.jsonl", set_values(uploads=[str(uuid.UUID(int=1))]), "“uploads” names one that was not"),
    ("runs.jsonl", set_values(task_id="x" * 201), "has more than 200 characters"),
    ("runs.jsonl", set_values(inputs="a\0b"), "characters that cannot be stored"),
    ("runs.jsonl", set_values(idempotency_key=str(uuid.UUID(int=7))), importer.CONFLICT),
    ("runs.jsonl", set_values(stored_at=None), "it is not at its end"),
    ("models.jsonl", set_values(schema=[]), "“schema” is no object"),
    ("models.jsonl", set_values(price={"amount": "x"}), "“amount” is no amount"),
    ("models.jsonl", set_values(provider="nowhere"), "“provider” is none of mindvideo, sandbox"),
    ("models.jsonl", set_values(version=0), "“version” is no whole number"),
    ("models.jsonl", set_values(slug="a/b"), "valid “slug”"),
    ("presets.jsonl", set_values(values={"x": 1}), "holds something else than texts"),
    ("collections.jsonl", set_values(name=" "), "“name” is blank"),
    ("uploads.jsonl", set_values(file="../x"), "“file” is no SHA-256"),
]


def test_a_forged_document_is_refused_with_its_pointer_and_imports_nothing(
    studio: Output, tmp_path: Path
) -> None:
    path, wrong = export(tmp_path), []
    reset_installation()
    for name, edit, words in FORGED_DOCUMENTS:
        package = open_package(edit_export(path, name, edit))
        before = transaction.savepoint_create()
        workspace = Workspace.objects.create(name="Target")
        output = "\n".join(Importer(package, workspace).take().faults)
        half = Run.objects.filter(outputs=None).exists() or Output.objects.count() not in {0, 2, 3}
        transaction.savepoint_rollback(before)
        if words not in output or f"{name}, line " not in output or half:
            wrong.append((name, words, output))
    assert wrong == []


def file_by_digest(content: bytes) -> Files:
    return {f"files/{hashlib.sha256(content).hexdigest()}.png": content}


@pytest.mark.parametrize(("files", "words"), [
    ({f"files/{'a' * 64}.png": picture_bytes()}, "the checksum differs"),
    ({"runs.jsonl": b"[1]\n{\n" + b"[" * 100_000}, "runs.jsonl, line 3: it cannot be read"),
    ({"runs.jsonl": b"\xff\xfe\n"}, "runs.jsonl, line 1: it cannot be read"),
    ({"runs.jsonl": b" " * 40_000_000}, "it has more than 16 MB"),
    (file_by_digest(b"\0" * 250_000_000), "it has more than 200 MB"),
])  # fmt: skip
def test_a_forged_file_is_refused_with_its_name(
    db: None, tmp_path: Path, files: Files, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    head = {"format": "playground workspace", "version": 1, "name": "X", "shares_runs": True}
    path = pack(tmp_path / "forged.zip", {"workspace.json": json.dumps(head).encode(), **files})
    with pytest.raises(CommandError):
        call_command("import_workspace", path)
    assert words in capsys.readouterr().out
    assert not MediaFile.objects.exists()


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"<html><script>alert(1)</script>" * 9, "text/html"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 99, "image/png"),
        (b"a text that was made", "text/plain"),
    ],
)
def test_the_type_of_an_imported_file_follows_from_its_content(
    db: None, tmp_path: Path, content: bytes, content_type: str
) -> None:
    head = {"format": "playground workspace", "version": 1, "name": "X", "shares_runs": True}
    files = {"workspace.json": json.dumps(head).encode(), **file_by_digest(content)}
    assert "files: 1 taken in" in import_workspace(pack(tmp_path / "any.zip", files))
    kept = MediaFile.objects.get()
    assert (kept.content_type, kept.is_showable) == (content_type, False)


def test_a_reference_must_be_a_picture_video_or_sound(db: None, tmp_path: Path) -> None:
    head = {"format": "playground workspace", "version": 1, "name": "X", "shares_runs": True}
    content = b"<html><script>alert(1)</script>"
    row = {
        "id": str(uuid.uuid4()), "name": "cat.png", "author": "ana",
        "created_at": "2026-11-20T12:00:00+00:00", "file": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    files = {"workspace.json": json.dumps(head).encode(), **file_by_digest(content)}
    files["uploads.jsonl"] = json.dumps(row).encode() + b"\n"
    with pytest.raises(CommandError):
        call_command("import_workspace", pack(tmp_path / "page.zip", files))
    assert not Upload.objects.exists()


def test_path_traversal_in_file_names_writes_nothing(db: None, tmp_path: Path) -> None:
    head = {"format": "playground workspace", "version": 1, "name": "X", "shares_runs": True}
    files = {"workspace.json": json.dumps(head).encode(), "files/../../../gotcha.png": b"x"}
    files["/tmp/gotcha"] = b"x"
    assert "files: 0 taken in" in import_workspace(pack(tmp_path / "climbs.zip", files))
    assert not list(tmp_path.rglob("*gotcha*"))


@pytest.mark.parametrize(("content", "words"), [
    (b"no zip", "cannot be read as a zip"),
    (None, "cannot be read as a zip"),
    ({}, "no export of a workspace"),
    ({"workspace.json": b'{"format": "playground workspace", "version": 2}'}, "of version 2"),
    ({"workspace.json": b'{"format": "playground workspace", "version": 1, "name": 7}'}, "no text"),
])  # fmt: skip
def test_a_file_that_is_no_export_is_refused_with_a_message(
    db: None, tmp_path: Path, content: Any, words: str
) -> None:
    path = tmp_path / "x.zip"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        pack(path, content)
    with pytest.raises(CommandError, match=words):
        call_command("import_workspace", path)
    assert not Workspace.objects.exists()


def test_the_summary_of_an_export_is_in_the_language_of_who_exports(
    client: Client, studio: Output
) -> None:
    del studio
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    answer = client.post("/team/export/")
    with translation.override("en"):  # the export is written after the request ended
        words = unpack(answer)["left-out.txt"].decode()
    assert words.startswith("本次导出未包含：\n\n有1个任务还在进行，完成后请重新导出。\n")


def test_an_owner_exports_what_they_see_and_is_told_what_is_left_out(
    client: Client, studio: Output
) -> None:
    page = client.get("/team/export/").text
    assert "1 private run of another member. Only the operator can export it" in page
    assert "1 run in progress. Export again when it has finished." in page
    files = unpack(client.post("/team/export/"))
    assert "海".encode() not in files["runs.jsonl"]
    assert b"a lighthouse" in files["runs.jsonl"]
    assert (
        b"1 private run of another member. Only the operator can export it" in files["left-out.txt"]
    )


def test_a_missing_file_does_not_stop_an_export(studio: Output, tmp_path: Path) -> None:
    remove_stored_file(studio, "original")
    path = export(tmp_path)
    reset_installation()
    import_workspace(path)
    assert Output.objects.filter(problem="This file was missing when it was exported.").count() == 2


def test_an_export_overwrites_no_file(studio: Output, tmp_path: Path) -> None:
    path = export(tmp_path)
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_workspace", path)
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_workspace", tmp_path / "nowhere" / "x.zip")
    assert not list(tmp_path.glob("*.part"))
