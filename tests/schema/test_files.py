"""File fields: uploads, URLs, and files that are already stored."""

import base64
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from playground.schema import Preview, SchemaForm, UploadRefused, check_content
from tests.html import parse as read
from tests.schema.browser import send, submit

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
HINTS = {"widget": "file-upload", "accept": "image/*", "uploadKind": "image"}
SCHEMA = {
    "type": "object",
    "properties": {
        "one": {"type": "string", "x-playground": HINTS},
        "many": {
            "type": "array",
            "items": {"type": "string"},
            "maxItems": 3,
            "x-playground": HINTS,
        },
    },
}
FORM = SchemaForm(SCHEMA)


@dataclass
class RecordingFileStore:
    """A store that records the names of its files, and refuses refused.png."""

    kept: list[str] = field(default_factory=list)

    def keep(self, upload: Any, accept: str, kind: str) -> str:
        if upload.name == "refused.png":
            raise UploadRefused("This one is not taken")
        check_content(upload.read(), upload.name, accept, kind)
        self.kept.append(upload.name)
        return f"/kept/{upload.name}"

    def preview(self, value: str) -> Preview | None:
        return Preview(thumbnail=f"{value}.thumb", name="A file") if "/kept/" in value else None


def png(name: str = "a.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PNG)


def test_an_upload_becomes_a_data_uri_where_nothing_is_stored() -> None:
    sent = FORM.parse(MultiValueDict({"/one": [png(), ""]}))
    assert sent.value == {"one": f"data:image/png;base64,{base64.b64encode(PNG).decode()}"}


def test_a_kept_a_pasted_and_a_new_file_are_all_read() -> None:
    data: Any = {"~keep/many": ["u:1", "u:2"], "~drop/many": ["u:1"], "/many": ["u:3\r\n", png()]}
    sent = FORM.parse(MultiValueDict(data), files=RecordingFileStore())
    assert sent.value == {"many": ["u:2", "u:3", "/kept/a.png"]}


def test_an_upload_is_stored_once_and_comes_back_as_kept() -> None:
    file_store = RecordingFileStore()
    sent = FORM.parse(MultiValueDict({"/one": [png(), ""], "/many": ["u"] * 4}), files=file_store)
    assert sent.errors == {"/many": ["Choose at most 3 pictures"]}
    html = FORM.render(sent, sent.errors, files=file_store)
    assert '<img src="/kept/a.png.thumb"' in html
    value = FORM.parse(send(read(html)), files=file_store).value
    assert value["one"] == "/kept/a.png"
    assert file_store.kept == ["a.png"]


@pytest.mark.parametrize(
    ("upload", "message"),
    [
        (SimpleUploadedFile("a.png", b"hello"), "“a.png” is not really a .png file"),
        (SimpleUploadedFile("a.txt", b"hello"), "“a.txt” is not a picture"),
        (SimpleUploadedFile("a.pdf", b"%PDF-1.7"), "“a.pdf” is not a picture"),
        (png("refused.png"), "This one is not taken"),
    ],
)
def test_a_file_that_is_no_picture_is_refused_with_a_message(upload: Any, message: str) -> None:
    sent = FORM.parse(MultiValueDict({"/one": [upload, ""]}), files=RecordingFileStore())
    assert sent.value == {}
    assert sent.errors == {"/one": [message]}


def test_an_empty_file_field_adds_no_value() -> None:
    class EmptyFile:
        name, size = "", 0

    assert FORM.parse(MultiValueDict({"/one": [EmptyFile(), ""]})).value == {}


def test_a_long_value_is_not_sent_back_and_forth() -> None:
    value = {"one": "data:image/png;base64," + "A" * 9000}
    html = FORM.render(value)
    data = submit(html)
    assert all(len(str(text)) < 200 for text in data.getlist("~keep/one"))
    assert FORM.parse(data, initial=value).value == value
