"""Migrations of models that had no owner, and of models that had no provider."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from playground.catalog import shipped
from playground.catalog.models import ModelSpec
from playground.teams.models import ApiKey
from tests.migrating import migrate, tables_before

BEFORE = [("catalog", "0003_whose_models"), ("runs", "0015_likeness"), ("teams", "0008_tally")]
ONE_PROVIDER = [
    ("catalog", "0005_defaults_in_the_database"),
    ("teams", "0011_pauses_of_keys"),
]
OLD_FACTS = ("title", "description", "category", "schema", "rules", "price", "examples")
SEEDREAM = "doubao-seedream-5-0-lite"


@pytest.fixture
def before(transactional_db: None) -> Iterator[Any]:
    """The models of the earlier state with two workspaces; migrate forward at the end."""
    with tables_before(BEFORE) as apps:
        add_workspaces(apps)
        yield apps


def add_workspaces(apps: Any) -> None:
    for workspace, names in {"Studio": ("ana", "bo"), "Other": ("olga", "bo")}.items():
        place = apps.get_model("teams", "Workspace").objects.create(name=workspace)
        for name in names:
            user, _ = apps.get_model("auth", "User").objects.get_or_create(username=name)
            apps.get_model("teams", "Membership").objects.create(workspace=place, user=user)


def make(apps: Any, slug: str, *authors: str) -> Any:
    """Create one version of a model per author; return the last one."""
    for version, name in enumerate(authors, 1):
        spec = apps.get_model("catalog", "ModelSpec").objects.create(
            slug=slug, version=version, made_by=name, title=slug, schema={}, digest=f"{version}",
            is_current=version == len(authors),
        )  # fmt: skip
    return spec


def save_preset(apps: Any, spec: Any, workspace: str) -> None:
    apps.get_model("runs", "Preset").objects.create(
        workspace=apps.get_model("teams", "Workspace").objects.get(name=workspace),
        author=apps.get_model("auth", "User").objects.get(username="bo"),
        spec=spec, slug=spec.slug, name="x", inputs={},
    )  # fmt: skip


def owners() -> dict[str, str | None]:
    apps = migrate([("catalog", "0004_hand_over"), *BEFORE[1:]])
    specs = apps.get_model("catalog", "ModelSpec").objects
    return dict(specs.values_list("slug", "workspace__name"))


@pytest.mark.slow
def test_a_model_moves_to_the_only_workspace_of_its_editors(before: Any) -> None:
    make(before, "anas", "ana", "ana")
    save_preset(before, make(before, "olgas", "olga"), "Other")
    assert owners() == {"anas": "Studio", "olgas": "Other"}


@pytest.mark.slow
def test_a_model_of_no_single_workspace_stays_with_the_installation(before: Any) -> None:
    make(before, SEEDREAM, "ana")
    make(before, "shipped", "", "ana")
    make(before, "of-two", "bo")
    make(before, "by-two", "ana", "olga")
    make(before, "by-nobody", "gone")
    save_preset(before, make(before, "used-elsewhere", "ana"), "Other")
    assert set(owners().values()) == {None}


@pytest.mark.slow
def test_older_models_and_keys_get_the_only_provider_of_that_version(
    transactional_db: None,
) -> None:
    document = json.loads((shipped.FOLDER / f"{SEEDREAM}.json").read_text())
    facts = {name: document[name] for name in OLD_FACTS}
    digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    with tables_before(ONE_PROVIDER) as apps:
        spec = apps.get_model("catalog", "ModelSpec").objects.create(
            slug=SEEDREAM, version=1, digest=digest, **facts
        )
        workspace = apps.get_model("teams", "Workspace").objects.create(name="Studio")
        for service in ("mindvideo", "sandbox"):
            apps.get_model("teams", "ApiKey").objects.create(
                workspace=workspace, service=service, name=service, secret="x"
            )
    assert ModelSpec.objects.get().provider == "mindvideo"
    assert {key.name: key.provider for key in ApiKey.objects.defer("secret")} == {
        "mindvideo": "mindvideo",
        "sandbox": "sandbox",
    }
    shipped.publish_all()  # no new version
    assert ModelSpec.objects.get().pk == spec.pk
