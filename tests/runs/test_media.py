"""Stored files are sent to those who may see them, and to nobody else."""

from django.contrib.auth.models import User
from django.test import Client

from playground.runs.models import Run
from playground.teams.models import Membership, Workspace
from tests.conftest import read_body


def test_a_stored_picture_is_sent_as_it_came(client: Client, finished: Run) -> None:
    output = finished.outputs.get()
    response = client.get(output.get_absolute_url())
    assert response["Content-Type"] == "image/jpeg"
    assert "immutable" in response["Cache-Control"]
    assert response["Content-Encoding"] == "identity"
    assert output.file
    assert len(read_body(response)) == output.file.size_bytes


def test_a_download_is_named_by_its_prompt(client: Client, finished: Run) -> None:
    response = client.get(finished.outputs.get().get_absolute_url(), {"download": ""})
    assert 'filename="a-lighthouse-1.jpg"' in response["Content-Disposition"]
    assert read_body(response)


def test_a_member_of_another_workspace_finds_nothing(finished: Run) -> None:
    bo = User.objects.create_user("bo")
    Membership.objects.create(workspace=Workspace.objects.create(name="Others"), user=bo)
    client = Client()
    client.force_login(bo)
    output = finished.outputs.get()
    for url in (output.get_absolute_url(), output.thumbnail_url, finished.get_absolute_url()):
        assert client.get(url).status_code == 404


def test_a_stranger_sees_no_file(finished: Run) -> None:
    assert Client().get(finished.outputs.get().get_absolute_url()).status_code == 302


def test_a_file_that_vanished_is_not_found(client: Client, finished: Run) -> None:
    output = finished.outputs.get()
    assert output.file
    output.file.original.delete(save=False)
    assert client.get(output.get_absolute_url()).status_code == 404
