"""Access control: every URL is requested by every kind of person and compared with one table.

A URL that is missing in the table fails the test. A response must not contain the inputs of runs,
the names of models or the members of a workspace that the person may not see.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from playground.catalog.models import ModelSpec
from playground.experiments.axes import AxisKind, AxisValue, make_axis
from playground.experiments.models import Experiment
from playground.runs.files import references
from playground.runs.models import MediaFile, Preset, Run, Upload, Worker
from playground.teams.models import Invitation, Membership, Role, Workspace
from tests.conftest import picture_bytes
from tests.rolled_back import rolled_back
from tests.test_canary import routes

pytestmark = pytest.mark.once

STRANGER, OUTSIDER, VIEWER = "stranger", "outsider", "viewer"
MEMBER, AUTHOR, OWNER = "member", "author", "owner"

NOBODY: frozenset[str] = frozenset()
EVERYBODY = frozenset({STRANGER, OUTSIDER, VIEWER, MEMBER, AUTHOR, OWNER})
LOGGED_IN = EVERYBODY - {STRANGER}
HERE = LOGGED_IN - {OUTSIDER}  # members of the workspace that owns the object
MAKERS = HERE - {VIEWER}  # members who may generate
ALL_MAKERS = MAKERS | {OUTSIDER}  # the outsider owns another workspace
ALL_OWNERS = frozenset({OWNER, OUTSIDER})

SHARED, PRIVATE, OWN = "a shared secret", "a private secret", "a model of our own"
TEAM = "The secret team"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A URL, and who may GET and POST it.

    route  name of the URL pattern
    thing  which object is in the URL: a key of `Visitors.arguments`; "" for none
    """

    route: str
    thing: str = ""
    get: frozenset[str] = NOBODY
    post: frozenset[str] = NOBODY


ENDPOINTS = (
    # Accounts. These pages show only the person who is logged in.
    Endpoint(route="account_login", get=EVERYBODY, post=EVERYBODY),
    Endpoint(route="account_logout", get=LOGGED_IN, post=NOBODY),  # redirects to the login page
    Endpoint(route="account_inactive", get=EVERYBODY),
    Endpoint(route="account_signup", get=EVERYBODY, post=EVERYBODY),  # says that sign-up is closed
    Endpoint(route="account_reauthenticate", get=LOGGED_IN, post=LOGGED_IN),
    Endpoint(route="account_email", get=LOGGED_IN, post=LOGGED_IN),
    Endpoint(route="account_email_verification_sent", get=EVERYBODY),
    Endpoint(route="account_change_password", get=LOGGED_IN, post=LOGGED_IN),
    Endpoint(route="account_set_password", get=LOGGED_IN, post=LOGGED_IN),
    Endpoint(route="account_reset_password", get=EVERYBODY, post=EVERYBODY),
    Endpoint(route="account_reset_password_done", get=EVERYBODY),
    Endpoint(route="account_reset_password_from_key", thing="reset", get=EVERYBODY, post=EVERYBODY),
    Endpoint(route="account_reset_password_from_key_done", get=EVERYBODY),
    Endpoint(route="account_confirm_email", thing="word", get=EVERYBODY),
    Endpoint(
        route="account_confirm_login_code", get=LOGGED_IN, post=LOGGED_IN
    ),  # login by code is off: redirects to the home page
    Endpoint(route="mfa_index", get=LOGGED_IN),
    Endpoint(route="mfa_authenticate", get=LOGGED_IN, post=LOGGED_IN),  # redirects to the home page
    Endpoint(route="mfa_reauthenticate", get=LOGGED_IN, post=LOGGED_IN),
    Endpoint(route="mfa_activate_totp", get=LOGGED_IN, post=LOGGED_IN),
    Endpoint(route="mfa_deactivate_totp"),  # no authenticator app is set up
    Endpoint(route="mfa_view_recovery_codes"),  # no authenticator app is set up
    Endpoint(route="mfa_generate_recovery_codes", get=LOGGED_IN, post=LOGGED_IN),
    Endpoint(route="mfa_download_recovery_codes"),  # no authenticator app is set up
    Endpoint(route="socialaccount_login_error"),  # says that the login failed
    Endpoint(route="socialaccount_login_cancelled", get=EVERYBODY),
    Endpoint(route="socialaccount_connections", get=LOGGED_IN, post=LOGGED_IN),
    Endpoint(route="socialaccount_signup"),  # only after a redirect from a single sign-on service
    Endpoint(route="openid_connect_login", thing="provider"),  # no provider is set up
    Endpoint(route="openid_connect_callback", thing="provider"),
    # Setup, invitations, sessions, preferences.
    Endpoint(route="setup", get=EVERYBODY, post=EVERYBODY),  # done: redirects to the home page
    Endpoint(route="join", thing="invitation", get=EVERYBODY, post=EVERYBODY),
    Endpoint(route="join", thing="forged"),
    Endpoint(route="sessions", get=LOGGED_IN, post=LOGGED_IN),
    Endpoint(route="choose_language", post=EVERYBODY),
    Endpoint(route="choose_theme", post=EVERYBODY),
    Endpoint(route="styleguide"),  # only in development: setting STYLEGUIDE
    # Teams: the role in the person's own workspace decides.
    Endpoint(route="team", get=LOGGED_IN),
    Endpoint(route="switch_workspace", post=LOGGED_IN),
    Endpoint(route="leave", post=LOGGED_IN),
    Endpoint(route="general", get=ALL_OWNERS, post=ALL_OWNERS),
    Endpoint(route="found_workspace", post=ALL_OWNERS),
    Endpoint(route="invite", post=ALL_OWNERS),
    Endpoint(route="revoke", thing="open invitation", post=ALL_OWNERS),  # revokes only one's own
    Endpoint(route="change_role", thing="membership", post=frozenset({OWNER})),
    Endpoint(route="remove_person", thing="membership", post=frozenset({OWNER})),
    Endpoint(route="export", get=ALL_OWNERS, post=ALL_OWNERS),
    Endpoint(route="budget", get=ALL_OWNERS, post=ALL_OWNERS),
    Endpoint(route="person_budget", thing="membership", post=frozenset({OWNER})),
    Endpoint(route="keys", get=ALL_OWNERS, post=ALL_OWNERS),
    Endpoint(route="delete_key", thing="key", get=frozenset({OWNER}), post=frozenset({OWNER})),
    Endpoint(route="change_key", thing="key and action", post=frozenset({OWNER})),
    # Models of the installation: owners view and copy them, superusers change them.
    Endpoint(route="models", get=LOGGED_IN),
    Endpoint(route="find_model", get=ALL_OWNERS, post=ALL_OWNERS),
    Endpoint(route="new_model", get=ALL_OWNERS, post=ALL_OWNERS),
    Endpoint(route="import_model", thing="model"),
    Endpoint(route="edit_model", thing="model", get=ALL_OWNERS),
    Endpoint(route="retire_model", thing="model"),
    Endpoint(route="copy_model", thing="model", post=ALL_OWNERS),
    Endpoint(route="drop_copy", thing="model"),  # no workspace has a copy of it
    # Models of the workspace.
    Endpoint(
        route="import_model", thing="own model", get=frozenset({OWNER}), post=frozenset({OWNER})
    ),
    Endpoint(
        route="edit_model", thing="own model", get=frozenset({OWNER}), post=frozenset({OWNER})
    ),
    Endpoint(route="retire_model", thing="own model", post=frozenset({OWNER})),
    Endpoint(route="copy_model", thing="own model", post=frozenset({OWNER})),  # redirects to it
    Endpoint(route="drop_copy", thing="own copy", post=frozenset({OWNER})),
    Endpoint(route="playground", thing="own model", get=HERE, post=MAKERS),
    Endpoint(route="form", thing="own model", post=MAKERS),
    Endpoint(route="model_list", thing="own model", get=HERE),
    Endpoint(route="restore", thing="own model", post=MAKERS),
    Endpoint(route="start_over", thing="own model", post=MAKERS),
    Endpoint(route="prompts", thing="own model", get=MAKERS),
    Endpoint(route="presets", thing="own model", get=MAKERS, post=MAKERS),
    # Runs and their files.
    Endpoint(route="home", get=LOGGED_IN),
    Endpoint(route="playground", thing="model", get=LOGGED_IN, post=ALL_MAKERS),
    Endpoint(route="form", thing="model", post=ALL_MAKERS),
    Endpoint(route="model_list", thing="model", get=LOGGED_IN),
    Endpoint(route="restore", thing="model", post=ALL_MAKERS),
    Endpoint(route="start_over", thing="model", post=ALL_MAKERS),
    Endpoint(route="prompts", thing="model", get=ALL_MAKERS),
    Endpoint(route="presets", thing="model", get=ALL_MAKERS, post=ALL_MAKERS),
    Endpoint(route="change_preset", thing="shared preset", post=frozenset({AUTHOR, OWNER})),
    Endpoint(route="change_preset", thing="private preset", post=frozenset({AUTHOR})),
    Endpoint(route="live", get=LOGGED_IN),
    Endpoint(route="running", get=LOGGED_IN),
    Endpoint(route="run", thing="shared run", get=HERE),
    Endpoint(route="run", thing="private run", get=frozenset({AUTHOR})),
    Endpoint(route="run_request", thing="shared run", get=HERE),
    Endpoint(route="run_request", thing="private run", get=frozenset({AUTHOR})),
    Endpoint(route="run_answers", thing="shared run", get=HERE),
    Endpoint(route="run_answers", thing="private run", get=frozenset({AUTHOR})),
    Endpoint(route="run_again", thing="shared run", post=MAKERS),
    Endpoint(route="run_again", thing="private run", post=frozenset({AUTHOR})),
    Endpoint(route="act_on_run", thing="shared run, cancel", post=frozenset({AUTHOR, OWNER})),
    Endpoint(route="act_on_run", thing="private run, cancel", post=frozenset({AUTHOR})),
    Endpoint(route="act_on_run", thing="shared run, hide", post=frozenset({AUTHOR})),
    Endpoint(route="other_models", thing="shared run", get=MAKERS),
    Endpoint(route="other_models", thing="private run", get=frozenset({AUTHOR})),
    Endpoint(route="reference", thing="shared output", get=MAKERS, post=MAKERS),
    Endpoint(
        route="reference", thing="private output", get=frozenset({AUTHOR}), post=frozenset({AUTHOR})
    ),
    Endpoint(route="output_original", thing="shared output", get=HERE),
    Endpoint(route="output_original", thing="private output", get=frozenset({AUTHOR})),
    Endpoint(route="output_thumbnail", thing="shared output", get=HERE),
    Endpoint(route="output_thumbnail", thing="private output", get=frozenset({AUTHOR})),
    Endpoint(route="output_size", thing="shared output, large", get=HERE),
    Endpoint(route="output_size", thing="private output, large", get=frozenset({AUTHOR})),
    Endpoint(route="uploads", post=ALL_MAKERS),
    Endpoint(route="upload_thumbnail", thing="shared upload", get=HERE),
    Endpoint(route="upload_thumbnail", thing="private upload", get=frozenset({AUTHOR})),
    Endpoint(route="hosted_upload", thing="signed", get=EVERYBODY),
    Endpoint(route="hosted_upload", thing="forged"),
    Endpoint(route="note_seen", post=LOGGED_IN),  # outputs of other workspaces are ignored
    Endpoint(route="pictures", get=LOGGED_IN),
    Endpoint(route="gallery", get=LOGGED_IN),
    Endpoint(route="gallery_filters", get=LOGGED_IN),
    Endpoint(route="find_by_picture", get=LOGGED_IN, post=LOGGED_IN),
    Endpoint(route="gallery_names", get=LOGGED_IN),
    Endpoint(route="compare", get=LOGGED_IN, post=LOGGED_IN),
    Endpoint(route="experiments", get=LOGGED_IN),
    Endpoint(route="new_experiment", get=ALL_MAKERS, post=ALL_MAKERS),
    Endpoint(route="experiment", thing="shared experiment", get=HERE),
    Endpoint(route="experiment", thing="private experiment", get=frozenset({AUTHOR})),
    Endpoint(route="experiment_report", thing="shared experiment", get=HERE),
    Endpoint(route="experiment_report", thing="private experiment", get=frozenset({AUTHOR})),
    Endpoint(route="compare_report", get=LOGGED_IN),
    Endpoint(route="stop_experiment", thing="shared experiment", post=MAKERS),
    Endpoint(route="stop_experiment", thing="private experiment", post=frozenset({AUTHOR})),
    Endpoint(route="retry_experiment", thing="shared experiment", post=MAKERS),
    Endpoint(route="retry_experiment", thing="private experiment", post=frozenset({AUTHOR})),
    Endpoint(route="start_rest_of_experiment", thing="shared experiment", post=MAKERS),
    Endpoint(
        route="start_rest_of_experiment", thing="private experiment", post=frozenset({AUTHOR})
    ),
    Endpoint(route="leave_out_rest_of_experiment", thing="shared experiment", post=MAKERS),
    Endpoint(
        route="leave_out_rest_of_experiment", thing="private experiment", post=frozenset({AUTHOR})
    ),
    Endpoint(route="add_to_experiment", thing="shared experiment", get=MAKERS, post=MAKERS),
    Endpoint(
        route="add_to_experiment",
        thing="private experiment",
        get=frozenset({AUTHOR}),
        post=frozenset({AUTHOR}),
    ),
    Endpoint(route="repeat_in_experiment", thing="shared experiment, row", get=MAKERS, post=MAKERS),
    Endpoint(
        route="repeat_in_experiment",
        thing="private experiment, row",
        get=frozenset({AUTHOR}),
        post=frozenset({AUTHOR}),
    ),
    Endpoint(route="votes", get=LOGGED_IN, post=ALL_MAKERS),
    Endpoint(route="vote", thing="shared voting", get=HERE, post=MAKERS),
    Endpoint(
        route="vote", thing="private voting", get=frozenset({AUTHOR}), post=frozenset({AUTHOR})
    ),
    Endpoint(route="vote_results", thing="shared voting", get=HERE, post=MAKERS),
    Endpoint(
        route="vote_results",
        thing="private voting",
        get=frozenset({AUTHOR}),
        post=frozenset({AUTHOR}),
    ),
    Endpoint(route="votes_csv", thing="shared voting", get=HERE),
    Endpoint(route="votes_csv", thing="private voting", get=frozenset({AUTHOR})),
    Endpoint(route="votes_table_csv", thing="shared voting", get=HERE),
    Endpoint(route="votes_table_csv", thing="private voting", get=frozenset({AUTHOR})),
    Endpoint(route="collections", get=LOGGED_IN, post=ALL_MAKERS),
    Endpoint(route="change_collection", thing="shared collection", post=frozenset({AUTHOR, OWNER})),
    Endpoint(route="change_collection", thing="private collection", post=frozenset({AUTHOR})),
    Endpoint(route="change_collection", thing="empty collection", post=frozenset({AUTHOR})),
    Endpoint(route="change_tag", thing="shared tag", post=MAKERS),
    Endpoint(route="change_tag", thing="private tag", post=frozenset({AUTHOR})),
    Endpoint(route="picture", thing="shared output", get=HERE),
    Endpoint(route="picture", thing="private output", get=frozenset({AUTHOR})),
    Endpoint(route="sort", post=ALL_MAKERS),
    Endpoint(route="take", get=LOGGED_IN, post=LOGGED_IN),
    Endpoint(route="sheet_png", get=LOGGED_IN, post=LOGGED_IN),
    Endpoint(route="sheet_pdf", get=LOGGED_IN, post=LOGGED_IN),
    Endpoint(route="usage", get=ALL_MAKERS),
    Endpoint(route="usage_csv", get=ALL_MAKERS),
    Endpoint(route="healthz", get=EVERYBODY),
    Endpoint(route="manifest", get=EVERYBODY),
    Endpoint(route="readyz", get=EVERYBODY),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitors:
    """The people, each with a browser, and the arguments of URLs."""

    people: dict[str, Client]
    arguments: dict[str, dict[str, object]]

    def request(self, person: str, method: str, endpoint: Endpoint) -> tuple[HttpResponseBase, str]:
        """Send a request and roll back its changes; return the response, and it as text."""
        address = reverse(endpoint.route, kwargs=self.arguments[endpoint.thing])
        client = self.people[person]
        cookies = deepcopy(client.cookies)
        with rolled_back():
            response = getattr(client, method)(address)
            body = response.getvalue().decode(errors="replace")
        client.cookies = cookies
        return response, f"{response.headers} {body}"


@pytest.fixture
def visitors(
    ana: User, client: Client, workspace: Workspace, finished: Run, worker: Worker
) -> Visitors:
    """A workspace with a shared and a private run of one member, and people of every role."""
    Workspace.objects.update(name=TEAM)
    elsewhere = Workspace.objects.create(name="Elsewhere")
    people = {STRANGER: Client(), OWNER: client}
    places = {
        OUTSIDER: (elsewhere, Role.OWNER),
        VIEWER: (workspace, Role.VIEWER),
        MEMBER: (workspace, Role.MEMBER),
        AUTHOR: (workspace, Role.MEMBER),
    }
    for name, (where, role) in places.items():
        user = User.objects.create_user(f"{name}-person", password="correct horse")
        Membership.objects.create(workspace=where, user=user, role=role)
        people[name] = Client()
        people[name].force_login(user)
    for each in people.values():
        each.raise_request_exception = False
    return Visitors(
        people=people, arguments=dict(create_objects(people[AUTHOR], finished, workspace))
    )


def create_objects(
    author: Client, finished: Run, workspace: Workspace
) -> Iterator[tuple[str, dict[str, object]]]:
    user = User.objects.get(username=f"{AUTHOR}-person")
    for number, (kind, secret) in enumerate({"shared": SHARED, "private": PRIVATE}.items()):
        picture = SimpleUploadedFile(f"{secret}.png", picture_bytes((9 + number, 9)), "image/png")
        author.post("/uploads/", {"name": "/image_urls", "kind": "image", "file": picture})
        upload = Upload.objects.get(name=f"{secret}.png")
        run = Run.objects.create(
            workspace=workspace, author=user, spec=finished.spec, api_key=finished.api_key,
            inputs={"prompt": secret}, is_shared=kind == "shared",
        )  # fmt: skip
        run.uploads.add(upload)
        output = run.outputs.create(position=0, file=finished.outputs.get().file)
        MediaFile.objects.filter(outputs=output).update(large=F("thumbnail"))
        preset = Preset.objects.create(
            workspace=workspace, author=user, spec=finished.spec, slug=finished.spec.slug,
            name=secret, inputs={"prompt": secret}, is_shared=kind == "shared",
        )  # fmt: skip
        repeat = make_axis(AxisKind.REPEAT, "", secret, [AxisValue(value=1, label="1")])
        experiment = Experiment.objects.create(
            workspace=workspace, author=user, spec=finished.spec, title=secret,
            inputs={"prompt": secret}, axes=[repeat.document],
        )  # fmt: skip
        experiment.cells.create(place="0", run=run)
        voting = experiment.votings.create(
            workspace=workspace, author=user, source=secret, title=secret
        )
        voting.contenders.create(output=output, spec=finished.spec, place="0")
        yield f"{kind} experiment", {"pk": experiment.pk}
        yield f"{kind} experiment, row", {"pk": experiment.pk, "row": "0-0"}
        yield f"{kind} voting", {"pk": voting.pk}
        yield f"{kind} preset", {"pk": preset.pk}
        yield f"{kind} run", {"pk": run.pk}
        yield f"{kind} output", {"pk": output.pk}
        yield f"{kind} output, large", {"pk": output.pk, "size": "large"}
        yield f"{kind} upload", {"pk": upload.pk}
        for named, table in (("collection", workspace.collections), ("tag", workspace.tags)):
            thing = table.create(name=f"{secret} as a {named}", made_by=user)
            thing.outputs.add(output)
            yield f"{kind} {named}", {"pk": thing.pk}
        for action in ("again", "cancel", "hide"):
            yield f"{kind} run, {action}", {"pk": run.pk, "action": action}
    until = timezone.now() + timedelta(hours=1)
    invitation, token = Invitation.objects.issue(workspace=workspace, role=Role.MEMBER, days=1)
    yield "", {}
    yield "word", {"key": "x"}
    yield "forged", {"token": "x"}
    yield "reset", {"uidb36": "x", "key": "x"}
    yield "provider", {"provider_id": "sso"}
    yield "model", {"slug": finished.spec.slug}
    for slug, whose in (("own", workspace), ("copied", None), ("copied", workspace)):
        ModelSpec.objects.publish(slug, workspace=whose, title=OWN, schema=finished.spec.schema)
    ModelSpec.objects.of(None).filter(slug="copied").update(title="Copied")
    yield "own model", {"slug": "own"}
    yield "own copy", {"slug": "copied"}
    yield "signed", {"token": references.sign(upload.pk, until)}
    yield "invitation", {"token": token}
    yield "open invitation", {"pk": invitation.pk}
    yield (
        "membership",
        {"public_id": workspace.memberships.get(user__username=f"{MEMBER}-person").public_id},
    )
    empty = workspace.collections.create(name=f"{PRIVATE} to come", made_by=user)
    yield "empty collection", {"pk": empty.pk}
    yield "key", {"pk": finished.api_key_id}
    yield "key and action", {"pk": finished.api_key_id, "action": "disable"}


# What no response to a person may contain.
HIDDEN_FROM = {
    STRANGER: (SHARED, PRIVATE, OWN, f"{MEMBER}-person", f"{AUTHOR}-person"),
    OUTSIDER: (SHARED, PRIVATE, OWN, f"{MEMBER}-person", f"{AUTHOR}-person"),
    VIEWER: (PRIVATE,),
    MEMBER: (PRIVATE,),
    OWNER: (PRIVATE,),
    AUTHOR: (),
}


def is_allowed(response: HttpResponseBase) -> bool:
    if response.status_code in {401, 403, 404, 405, 410}:
        return False
    return not response.headers.get("Location", "").startswith("/login/")


def test_every_address_is_in_the_table() -> None:
    named = {name for name, _ in routes(get_resolver().url_patterns)}
    assert named == {endpoint.route for endpoint in ENDPOINTS}


@pytest.mark.parametrize("person", sorted(EVERYBODY))
def test_each_role_reaches_only_the_addresses_in_the_table(visitors: Visitors, person: str) -> None:
    wrong, leaks = [], []
    for endpoint in ENDPOINTS:
        for method, allowed in (("get", endpoint.get), ("post", endpoint.post)):
            response, words = visitors.request(person, method, endpoint)
            if is_allowed(response) != (person in allowed) or response.status_code == 500:
                wrong.append((method, endpoint.route, endpoint.thing, response.status_code))
            if any(secret in words for secret in HIDDEN_FROM[person]):
                leaks.append((method, endpoint.route, endpoint.thing))
    assert (wrong, leaks) == ([], [])


@pytest.fixture
def live_page(visitors: Visitors) -> Callable[[str, str], str]:
    def ask(person: str, query: str) -> str:
        path = reverse("live")
        return visitors.people[person].get(f"{path}?{query}").content.decode()

    return ask


def test_the_id_of_a_run_gives_no_access_to_it(
    visitors: Visitors, live_page: Callable[[str, str], str]
) -> None:
    query = f"run={visitors.arguments['private run']['pk']}.99"
    assert PRIVATE in live_page(AUTHOR, query)
    assert not [person for person in EVERYBODY - {AUTHOR} if PRIVATE in live_page(person, query)]


def test_the_id_of_a_run_opens_no_form_with_its_inputs(visitors: Visitors) -> None:
    run, address = (
        visitors.arguments["private run"]["pk"],
        reverse("playground", kwargs=visitors.arguments["model"]),
    )
    opened = {
        person: client.get(address, {"from": str(run)}).content.decode()
        for person, client in visitors.people.items()
    }
    assert [person for person, page in opened.items() if PRIVATE in page] == [AUTHOR]
