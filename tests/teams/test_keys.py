"""API keys: adding, checking, disabling, deleting and re-encrypting them; none is ever shown."""

import pickle
from decimal import Decimal
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import Fernet
from django.contrib.auth.models import User
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.forms import model_to_dict, modelform_factory
from django.test import Client
from django.utils import translation
from pytest_django.fixtures import Settings

from playground.providers import registry
from playground.runs import lifecycle
from playground.runs.models import Run
from playground.teams import providers_in_use
from playground.teams.encryption import Secret
from playground.teams.models import ApiKey, Membership, Role, Workspace
from tests.launched import free_port
from tests.sandbox_process import SandboxProcess
from tests.teams.test_accounts import code_of

pytestmark = pytest.mark.once

SECRET = "mv_live_canary_0123"
PAGE = "/team/keys/"
NEW_KEY, OLD_KEY, LOST_KEY = (Fernet.generate_key().decode() for _ in range(3))


@pytest.fixture
def key(workspace: Workspace, settings: Settings) -> ApiKey:
    settings.SANDBOX_URL = ""
    return ApiKey.objects.keep(workspace, registry.MINDVIDEO.slug, SECRET)


@pytest.fixture
def unreachable_provider(settings: Settings) -> None:
    """A provider that cannot be reached."""
    settings.SANDBOX_URL = ""
    settings.MINDVIDEO_BASE_URL = f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def member(workspace: Workspace) -> Client:
    bo = User.objects.create_user("bo")
    Membership.objects.create(workspace=workspace, user=bo, role=Role.MEMBER)
    client = Client()
    client.force_login(bo)
    return client


def key_fields(secret: str, **more: str) -> dict[str, str]:
    return {"secret": secret, "name": "", "provider": "sandbox", "is_wanted": "on", **more}


def address(key: ApiKey, action: str) -> str:
    return f"{PAGE}{key.pk}/{action}/"


def stored_secrets() -> list[str]:
    """Return the stored text of each secret."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM teams_apikey ORDER BY created_at")
        return [text for (text,) in cursor.fetchall()]


def current_key(workspace: Workspace) -> ApiKey:
    found = workspace.current_key(providers_in_use.slugs()[0])
    assert found is not None
    return found


# The page


def test_an_owner_adds_a_key_that_the_provider_accepts(
    client: Client, workspace: Workspace, sandbox: SandboxProcess
) -> None:
    response = client.post(PAGE, key_fields(sandbox.api_key, name="Team"), follow=True)
    assert "Stored Team (…test): Sandbox accepts it." in response.text
    assert "New runs use it." in response.text
    key = current_key(workspace)
    assert (key.name, key.secret, str(key.added_by)) == ("Team", sandbox.api_key, "ana")
    assert sandbox.api_key not in response.text


def test_a_rejected_key_is_not_stored_and_not_shown_again(
    client: Client, sandbox: SandboxProcess
) -> None:
    response = client.post(PAGE, key_fields("mv_wrong_key_0123", name="Team"))
    assert response.status_code == 422
    assert "Sandbox rejected this key" in response.text
    assert "mv_wrong" not in response.text
    assert 'value="Team"' in response.text
    assert not ApiKey.objects.exists()


def test_a_malformed_key_is_refused_at_its_field(client: Client, sandbox: SandboxProcess) -> None:
    response = client.post(PAGE, key_fields("a key with spaces"))
    assert "This is not an API key" in response.text
    assert not ApiKey.objects.exists()


def test_a_key_is_stored_unchecked_during_an_outage(
    client: Client, unreachable_provider: None
) -> None:
    response = client.post(PAGE, key_fields(SECRET), follow=True)
    assert "could not be checked: The provider cannot be reached." in response.text
    assert "Not checked yet" in response.text
    assert ApiKey.objects.get().last_used_at is None


def test_an_unchecked_key_does_not_become_current(
    client: Client, workspace: Workspace, key: ApiKey, unreachable_provider: None
) -> None:
    client.post(PAGE, key_fields("mv_live_another_01"))
    assert current_key(workspace) == key


def test_after_a_provider_error_a_key_is_stored_unchecked(
    client: Client, sandbox: SandboxProcess
) -> None:
    sandbox.fault("status", "server_error")
    response = client.post(PAGE, key_fields(sandbox.api_key), follow=True)
    assert "could not be checked: The provider has an internal error." in response.text


def test_a_key_of_an_account_without_credit_is_valid(
    client: Client, sandbox: SandboxProcess
) -> None:
    sandbox.fault("status", "payment_required")
    client.post(PAGE, key_fields(sandbox.api_key))
    assert ApiKey.objects.get().last_used_at is not None


def test_a_key_can_be_stored_without_becoming_current(
    client: Client, workspace: Workspace, api_key: ApiKey, sandbox: SandboxProcess
) -> None:
    ApiKey.objects.filter(pk=api_key.pk).update(secret="mv_sandbox_old", last_four="_old")
    client.post(PAGE, key_fields(sandbox.api_key, is_wanted=""))
    assert ApiKey.objects.count() == 2
    assert current_key(workspace) == api_key


def test_the_same_key_is_not_added_twice(
    client: Client, api_key: ApiKey, sandbox: SandboxProcess
) -> None:
    response = client.post(PAGE, key_fields(f" {sandbox.api_key}\n"))
    assert f"It is stored already: {api_key}" in response.text
    assert ApiKey.objects.count() == 1


def test_the_keys_page_shows_what_owners_need(client: Client, key: ApiKey) -> None:
    shown = " ".join(client.get(PAGE).text.split())
    for words in ("MindVideo key", "…0123", "Current", "Spent this month", "from the environment"):
        assert words in shown
    assert SECRET not in shown


def test_the_spend_of_a_key_is_the_cost_of_its_runs(client: Client, run: Run) -> None:
    run.cost_actual = Decimal("0.14")
    run.save()
    membership = run.workspace.memberships.get()
    lifecycle.accept(membership, spec=run.spec, inputs={}, token=run.pk)
    Run.objects.exclude(pk=run.pk).update(cost_actual="1.1", created_at="2026-01-01T00:00Z")
    shown = " ".join(client.get(PAGE).text.split())
    assert "Spent this month</dt><dd>$0.14</dd>" in shown
    assert "Spent in all</dt><dd>$1.24</dd>" in shown
    assert "2 runs" in shown


def test_another_key_can_be_made_current(client: Client, workspace: Workspace, key: ApiKey) -> None:
    ApiKey.objects.store(workspace, registry.MINDVIDEO.slug, "mv_live_another_01")
    assert current_key(workspace) != key
    client.post(address(key, "current"))
    assert current_key(workspace) == key


def test_a_key_can_be_renamed(client: Client, key: ApiKey) -> None:
    response = client.post(address(key, "rename"), {"name": "Ours"}, follow=True)
    assert "Ours" in response.text
    client.post(address(key, "rename"), {"name": ""})
    assert ApiKey.objects.get().name == "Ours"


def test_a_disabled_key_pays_for_no_new_run(
    client: Client, workspace: Workspace, key: ApiKey
) -> None:
    client.post(address(key, "disable"))
    assert workspace.current_key(registry.MINDVIDEO.slug) is None
    client.post(address(key, "enable"))
    assert current_key(workspace) == key


def test_an_enabled_key_does_not_become_current(
    client: Client, workspace: Workspace, key: ApiKey
) -> None:
    client.post(address(key, "disable"))
    other = ApiKey.objects.store(workspace, registry.MINDVIDEO.slug, "mv_live_another_01")
    ApiKey.objects.filter(pk=other.pk).update(current_since="2020-01-01T00:00Z")
    client.post(address(key, "enable"))
    assert current_key(workspace) == other


def test_a_stored_key_can_be_checked_again(
    client: Client, api_key: ApiKey, sandbox: SandboxProcess
) -> None:
    sandbox.fault("status", "unauthorized")
    assert f"Sandbox rejects {api_key}." in client.post(address(api_key, "check"), follow=True).text
    assert "Refused" in client.get(PAGE).text
    assert f"Sandbox accepts {api_key}." in client.post(address(api_key, "check"), follow=True).text


def test_a_key_that_cannot_be_decrypted_is_listed_and_can_be_deleted(
    client: Client, key: ApiKey, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = [LOST_KEY]
    words = f"{key} cannot be decrypted with the current ENCRYPTION_KEYS."
    assert words in client.post(address(key, "check"), follow=True).text
    client.post(address(key, "delete"))
    assert "No API key yet" in client.get(PAGE).text


def test_a_key_is_named_in_the_language_of_the_reader(key: ApiKey) -> None:
    ApiKey.objects.filter(pk=key.pk).update(name="Team", last_four="f00d", provider="sandbox")
    key.refresh_from_db()
    assert (str(key), key.provider_name) == ("Team (…f00d)", "Sandbox")
    with translation.override("zh-hans"):
        assert (str(key), key.provider_name) == ("Team（…f00d）", "沙盒")


def test_deleting_a_key_asks_for_confirmation_with_its_runs(client: Client, run: Run) -> None:
    asked = client.get(address(run.api_key, "delete")).text
    assert "1 run in progress uses it." in asked
    assert "This is the current key" in asked
    assert stored_secrets() != [""]


def test_deleting_a_key_erases_the_secret_and_keeps_its_runs(client: Client, finished: Run) -> None:
    client.post(address(finished.api_key, "delete"))
    assert stored_secrets() == [""]
    assert "No API key yet" in client.get(PAGE).text
    assert client.get(finished.get_absolute_url()).status_code == 200
    assert client.get(address(finished.api_key, "delete")).status_code == 404


def test_a_database_constraint_forbids_a_deleted_key_with_a_secret(key: ApiKey) -> None:
    with pytest.raises(IntegrityError):
        ApiKey.objects.update(deleted_at="2026-01-01T00:00Z", is_active=False)


@pytest.mark.parametrize("action", ["rename", "current", "disable", "enable", "check", "delete"])
def test_only_owners_manage_keys(member: Client, key: ApiKey, action: str) -> None:
    assert member.get(PAGE).status_code == 403
    assert member.post(PAGE, key_fields("mv_live_another_01")).status_code == 403
    assert member.post(address(key, action), {"name": "x"}).status_code == 403
    assert (ApiKey.objects.get().name, stored_secrets() == [""]) == (key.name, False)


@pytest.mark.parametrize("action", ["rename", "current", "disable", "enable", "check", "delete"])
def test_keys_of_another_workspace_are_not_found(client: Client, action: str) -> None:
    other = Workspace.objects.create(name="Others")
    theirs = ApiKey.objects.store(other, registry.MINDVIDEO.slug, SECRET)
    assert client.post(address(theirs, action), {"name": "x"}).status_code == 404
    assert "0123" not in client.get(PAGE).text


def test_an_unknown_action_answers_404(client: Client, key: ApiKey) -> None:
    assert client.post(address(key, "show")).status_code == 404


# The key from the environment


@pytest.mark.parametrize("action", ["disable", "delete"])
def test_changes_to_the_environment_s_key_survive_a_restart(
    client: Client, workspace: Workspace, key: ApiKey, action: str
) -> None:
    client.post(address(key, action))
    ApiKey.objects.keep(workspace, registry.MINDVIDEO.slug, SECRET)
    assert workspace.current_key(registry.MINDVIDEO.slug) is None
    assert ApiKey.objects.count() == 1


def test_a_restart_keeps_the_current_key_the_owner_chose(
    client: Client, workspace: Workspace, key: ApiKey
) -> None:
    other = ApiKey.objects.store(workspace, registry.MINDVIDEO.slug, "mv_live_another_01")
    ApiKey.objects.keep(workspace, registry.MINDVIDEO.slug, SECRET)
    assert current_key(workspace) == other


def test_a_deleted_key_given_again_by_the_environment_returns(
    client: Client, workspace: Workspace, key: ApiKey
) -> None:
    client.post(address(key, "delete"))
    for secret in ("mv_live_another_01", SECRET):
        ApiKey.objects.keep(workspace, registry.MINDVIDEO.slug, secret)
    assert current_key(workspace).secret == SECRET


# Encryption in the database


def test_rotation_re_encrypts_everything_with_the_first_key(
    workspace: Workspace, key: ApiKey, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = [NEW_KEY, *settings.ENCRYPTION_KEYS]
    ApiKey.objects.store(workspace, registry.MINDVIDEO.slug, "mv_live_another_01")
    assert "Re-encrypted with the first of ENCRYPTION_KEYS: 1. Already so: 1." in rotate()
    settings.ENCRYPTION_KEYS = [NEW_KEY]
    assert {key.secret for key in ApiKey.objects.all()} == {SECRET, "mv_live_another_01"}
    assert ": 0. Already so: 2." in rotate()


def test_an_interrupted_key_rotation_resumes(
    workspace: Workspace, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ENCRYPTION_KEYS = [OLD_KEY]
    for number in range(3):
        ApiKey.objects.store(workspace, registry.MINDVIDEO.slug, f"mv_live_number_{number}")
    settings.ENCRYPTION_KEYS = [NEW_KEY, OLD_KEY]
    monkeypatch.setattr("playground.teams.management.commands.rotate_keys.BATCH", 1)
    ApiKey.objects.filter(pk=ApiKey.objects.earliest("created_at").pk).update(
        secret="mv_live_number_0"
    )
    assert ": 2. Already so: 1." in rotate()


def test_rotation_skips_deleted_keys(key: ApiKey) -> None:
    key.erase()
    assert ": 0. Already so: 0." in rotate()


def test_rotation_changes_nothing_if_a_key_cannot_be_decrypted(
    workspace: Workspace, key: ApiKey, settings: Settings
) -> None:
    usual = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [LOST_KEY]
    ApiKey.objects.store(workspace, registry.MINDVIDEO.slug, "mv_live_another_01", name="Lost one")
    before = stored_secrets()
    settings.ENCRYPTION_KEYS = [NEW_KEY, *usual]
    with pytest.raises(CommandError, match=r"opens Lost one \(…r_01\)\. Add the one") as caught:
        rotate()
    assert "\n" not in str(caught.value)
    assert stored_secrets() == before


def test_rotation_re_encrypts_second_factors(ana: User, settings: Settings) -> None:
    TOTP.activate(ana, "JBSWY3DPEHPK3PXP")
    codes = RecoveryCodes.activate(ana).generate_codes()
    settings.ENCRYPTION_KEYS = [NEW_KEY, *settings.ENCRYPTION_KEYS]
    assert ": 2. Already so: 0." in rotate()
    settings.ENCRYPTION_KEYS = [NEW_KEY]
    totp, recovery = (Authenticator.objects.get(type=kind) for kind in ("totp", "recovery_codes"))
    assert TOTP(totp).validate_code(code_of("JBSWY3DPEHPK3PXP"))
    assert RecoveryCodes(recovery).generate_codes() == codes
    assert ": 0. Already so: 2." in rotate()


def test_rotation_names_a_second_factor_that_cannot_be_decrypted(
    ana: User, key: ApiKey, settings: Settings
) -> None:
    usual = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [LOST_KEY]
    TOTP.activate(ana, "JBSWY3DPEHPK3PXP")
    before = stored_secrets()
    settings.ENCRYPTION_KEYS = [NEW_KEY, *usual]
    with pytest.raises(CommandError, match="opens the second factor of ana"):
        rotate()
    assert stored_secrets() == before


def rotate() -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


# Secrets in memory


def test_the_repr_of_a_key_contains_no_secret(key: ApiKey) -> None:
    loaded = ApiKey.objects.get()
    shown = f"{loaded!r} {loaded} {vars(loaded)} {model_to_dict(loaded)} {[loaded.secret]}"
    assert SECRET not in shown
    assert isinstance(loaded.secret, Secret)


def test_no_model_form_has_a_field_for_the_secret() -> None:
    assert "secret" not in modelform_factory(ApiKey, fields="__all__").base_fields


def test_a_secret_survives_pickling() -> None:
    assert pickle.loads(pickle.dumps(Secret(SECRET))) == SECRET


def test_a_very_short_key_is_not_identified_by_its_last_characters(workspace: Workspace) -> None:
    key = ApiKey.objects.store(workspace, registry.MINDVIDEO.slug, "mv_12345")
    assert (key.last_four, str(key)) == ("", "MindVideo key")


@pytest.mark.parametrize("kind", ["json", "python", "xml"])
def test_a_dump_contains_the_encrypted_text_and_can_be_loaded(key: ApiKey, kind: str) -> None:
    exported = serializers.serialize(kind, ApiKey.objects.all())
    assert SECRET not in str(exported)
    ApiKey.objects.all().delete()
    for restored in serializers.deserialize(kind, exported):
        restored.save()
    assert ApiKey.objects.get().secret == SECRET


def test_a_database_dump_is_useless_without_the_encryption_keys(
    key: ApiKey, settings: Settings
) -> None:
    exported = serializers.serialize("json", ApiKey.objects.all())
    settings.ENCRYPTION_KEYS = [LOST_KEY]
    with pytest.raises(serializers.base.DeserializationError, match="No key in ENCRYPTION_KEYS"):
        list(serializers.deserialize("json", exported))
