"""The pages of teams, models and accounts in a pseudo-language without Latin letters.

The workspace and the model have none in their names, so any Latin letters are untranslated.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from playground.catalog.models import ModelSpec
from playground.runs.models import Run
from playground.teams.models import ApiKey, Invitation, Membership, Role, Workspace
from tests.pseudo_language import CHINESE, IN_CHINESE, parse, read_texts, untranslated
from tests.tables import sample

pytestmark = [pytest.mark.usefixtures("pseudo_chinese"), pytest.mark.once]

type Answer = str
type Page = Callable[[World], Answer]

PASSWORD = "correct horse"
NAMES = ("ana", "bo@example.com", "bo", "MindVideo", "English")
PROGRAMS = ("size, n", "self.n")
# Parts that are on other pages as well, and tested there.
SHARED_PARTS = {"side", "search", "parts", "preview", "languages", "message__actions"}
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer", "title": "数量"}}}
FULL_MODEL: dict[str, Any] = {
    "schema": SCHEMA,
    "examples": [{"n": 1}],
    "rules": [{"rule": "self.n < 9", "message": "太多", "fields": ["/n"]}],
    "price": {"amount": "0.5", "per": "picture"},
}
NO_ROWS: dict[str, Any] = {
    f"{name}-{count}_FORMS": "0"
    for name in ("rules", "examples", "places")
    for count in ("TOTAL", "INITIAL")
}


@dataclass
class World:
    """A workspace with keys, models and people, seen by one of them."""

    workspace: Workspace
    ana: User
    client: Client
    spec: ModelSpec
    key: ApiKey

    def get(self, path: str, client: Client | None = None) -> Answer:
        return (client or self.client).get(path, headers=IN_CHINESE, follow=True).text

    def post(self, path: str, client: Client | None = None, **data: object) -> Answer:
        return (client or self.client).post(path, data, headers=IN_CHINESE, follow=True).text

    def open_reauthenticated(self, path: str) -> Answer:
        """Return an account page that requires entering the password again."""
        return self.post("/account/reauthenticate/", password=PASSWORD, next=path)

    def invitation(self, role: Role = Role.OWNER) -> str:
        _, token = Invitation.objects.issue(workspace=self.workspace, role=role, days=1)
        return f"/join/{token}/"

    def two_steps(self) -> None:
        TOTP.activate(self.ana, "JBSWY3DPEHPK3PXP")
        RecoveryCodes.activate(self.ana)


@pytest.fixture
def world(workspace: Workspace, ana: User, seedream: ModelSpec, bo: Client) -> World:
    del seedream, bo  # a model and another member exist
    workspace.name = "工作室"
    workspace.unit = "¥"
    workspace.save()
    spec = ModelSpec.objects.publish("hua", workspace=workspace, title="画", **FULL_MODEL)
    key = ApiKey.objects.store(workspace, "mindvideo", "mv_a_key_0123")
    ApiKey.objects.filter(pk=key.pk).update(name="密钥")
    key.refresh_from_db()
    client = Client()
    client.post("/login/", {"login": "ana", "password": PASSWORD})
    return World(workspace=workspace, ana=ana, client=client, spec=spec, key=key)


def member(world: World) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="bo"))
    return client


def untitled(world: World) -> Answer:
    world.invitation()
    return world.get("/team/")


def refused_key(world: World) -> Answer:
    ApiKey.objects.update(refused_at=timezone.now(), last_used_at=timezone.now())
    return world.get("/team/keys/")


def disabled_key(world: World) -> Answer:
    ApiKey.objects.update(is_active=False, added_by=world.ana)
    return world.get("/team/keys/")


def key_under_way(world: World) -> Answer:
    Run.objects.create(
        workspace=world.workspace,
        author=world.ana,
        spec=world.spec,
        api_key=world.key,
        inputs={"n": 1},
        sent_at=timezone.now(),
    )
    return world.get(f"/team/keys/{world.key.pk}/delete/") + world.get("/team/keys/")


def edit(world: World) -> str:
    return reverse("edit_model", args=["hua"])


def changed_model(world: World) -> Answer:
    new: dict[str, Any] = {
        "title": "新画",
        "schema": SCHEMA,
        "price": {"amount": "1", "per": "video"},
    }
    ModelSpec.objects.publish("hua", workspace=world.workspace, made_by="ana", **new)
    return world.get(edit(world))


def faulty_model(world: World) -> Answer:
    return world.post("/models/new/edit/", do="save", slug="a b", schema="x", **NO_ROWS)


def retired_model(world: World) -> Answer:
    world.post(reverse("retire_model", args=["hua"]), retired="yes")
    return world.get(edit(world)) + world.get("/models/?q=画")


def shared_model(world: World) -> Answer:
    ModelSpec.objects.publish("shu", title="书", **FULL_MODEL)
    return world.get(reverse("edit_model", args=["shu"]))


def copied_model(world: World) -> Answer:
    ModelSpec.objects.publish("hua", title="画", **FULL_MODEL)
    return world.get(edit(world)) + world.get(f"{edit(world)}?for=everybody")


def several_schemas(world: World) -> Answer:
    text = '{"type": "object", "properties": {"%s": {"type": "string"}}}'
    return world.post("/models/new/", text=f"{text % 'a'}\n甲\n{text % 'b'}")


def second_step(world: World) -> Answer:
    world.two_steps()
    stranger = Client()
    answer = world.post("/login/", stranger, login="ana", password=PASSWORD)
    return answer + world.post("/account/mfa/authenticate/", stranger, code="1")


def with_two_steps(world: World, path: str) -> Answer:
    world.two_steps()
    return world.open_reauthenticated(path)


def addresses(world: World) -> Answer:
    for number, is_primary in enumerate((True, False)):
        EmailAddress.objects.create(
            user=world.ana, email=f"{number}@例.例", primary=is_primary, verified=is_primary
        )
    return world.open_reauthenticated("/account/email/")


def nowhere(world: World) -> Answer:
    client = member(world)
    Membership.objects.filter(user__username="bo").delete()
    return world.get("/", client)


def set_up(world: World) -> Answer:
    User.objects.all().delete()
    return world.get("/setup/", Client()) + world.post("/setup/", Client())


PAGES: dict[str, Page] = {
    "people": lambda world: world.get("/team/"),
    "people, for a member": lambda world: world.get("/team/", member(world)),
    "people, and a pending invitation": untitled,
    "people, none of this name": lambda world: world.get("/team/?q=丙"),
    "a new invitation": lambda world: world.post("/team/invitations/", role="member", days=7),
    "a faulty invitation": lambda world: world.post("/team/invitations/"),
    "keys": lambda world: world.get("/team/keys/"),
    "no keys": lambda world: (ApiKey.objects.all().delete(), world.get("/team/keys/"))[1],
    "a faulty key": lambda world: world.post("/team/keys/"),
    "a refused key": refused_key,
    "a disabled key": disabled_key,
    "a key to delete": key_under_way,
    "general": lambda world: world.get("/team/general/"),
    "general, with faults": lambda world: world.post("/team/general/"),
    "budgets": lambda world: world.get("/team/budget/"),
    "models": lambda world: world.get("/models/?q=画"),
    "models, none of these words": lambda world: world.get("/models/?q=丙"),
    "no models": lambda world: (ModelSpec.objects.all().delete(), world.get("/models/"))[1],
    "find a schema": lambda world: world.get("/models/new/"),
    "find a newer schema": lambda world: world.get(reverse("import_model", args=["hua"])),
    "no schema found": lambda world: world.post("/models/new/", text="甲"),
    "several schemas": several_schemas,
    "a new model": lambda world: world.get("/models/new/edit/"),
    "a faulty model": faulty_model,
    "a model": lambda world: world.get(edit(world)),
    "a changed model": changed_model,
    "a retired model": retired_model,
    "a shared model": shared_model,
    "a copied model": copied_model,
    "log in": lambda world: world.get("/login/", Client()),
    "a wrong password": lambda world: world.post("/login/", Client(), login="ana", password="x"),
    "join": lambda world: world.get(world.invitation(), Client()),
    "join as a person": lambda world: world.get(world.invitation(), world.client),
    "join, with faults": lambda world: world.post(
        world.invitation(), Client(), username="ana", email="x", password="1"
    ),
    "an invalid invitation": lambda world: world.get("/join/x/", Client()),
    "no workspace": nowhere,
    "set up": set_up,
    "log out": lambda world: world.get("/logout/"),
    "a forgotten password": lambda world: world.get("/account/password/reset/", Client()),
    "a link to choose one": lambda world: world.post(
        "/account/password/reset/", Client(), email="bo@example.com"
    ),
    "a link that is not valid": lambda world: world.get(
        "/account/password/reset/key/1-x/", Client()
    ),
    "a password": lambda world: world.get("/account/password/change/"),
    "a faulty password": lambda world: world.post(
        "/account/password/change/", oldpassword="x", password1="12", password2="13"
    ),
    "an inactive account": lambda world: world.get("/account/inactive/", Client()),
    "addresses": addresses,
    "no address": lambda world: world.open_reauthenticated("/account/email/"),
    "an invalid address": lambda world: (
        world.open_reauthenticated("/account/email/"),
        world.post("/account/email/", action_add="", email="x"),
    )[1],
    "an address to confirm": lambda world: world.get("/account/confirm-email/x/"),
    "single sign-on": lambda world: world.get("/account/sso/"),
    "single sign-on, closed": lambda world: world.get("/account/sso/login/error/", Client()),
    "the password once more": lambda world: world.post("/account/reauthenticate/", password="x"),
    "two steps": lambda world: world.get("/account/mfa/"),
    "an app to set up": lambda world: world.open_reauthenticated("/account/mfa/totp/activate/"),
    "an app, and a wrong code": lambda world: (
        world.open_reauthenticated("/account/mfa/totp/activate/"),
        world.post("/account/mfa/totp/activate/", code="1"),
    )[1],
    "two steps that are on": lambda world: with_two_steps(world, "/account/mfa/"),
    "recovery codes": lambda world: with_two_steps(world, "/account/mfa/recovery-codes/"),
    "new codes": lambda world: with_two_steps(world, "/account/mfa/recovery-codes/generate/"),
    "two steps to turn off": lambda world: with_two_steps(world, "/account/mfa/totp/deactivate/"),
    "a second step": second_step,
}


@pytest.mark.parametrize("name", sample(PAGES, 20))
def test_every_page_is_translated(world: World, name: str) -> None:
    root = parse(PAGES[name](world))
    parts = [*root.iter("title"), *root.iter("main")]
    texts = [text for part in parts for text in read_texts(part, SHARED_PARTS)]
    assert re.search(r"[Ａ-ｚ]", " ".join(texts))
    left = {" ".join(text.split()) for text in texts if untranslated(text, *NAMES, *PROGRAMS)}
    assert not left


def test_a_key_without_a_name_is_named_in_the_language_of_who_adds_it(world: World) -> None:
    with translation.override(CHINESE):
        key = ApiKey.objects.store(world.workspace, "mindvideo", "mv_another_key")
    assert untranslated(key.name, *NAMES) == []


def test_two_step_pages_are_translated_in_the_intended_state(world: World) -> None:
    """Otherwise the pages above would be those that ask for the password again."""
    assert 'id="recovery_codes"' in with_two_steps(world, "/account/mfa/recovery-codes/")
    assert Authenticator.objects.count() == 2
