"""Descriptions in Markdown: links, code, bold and line breaks, and nothing else."""

import re
import time

import pytest

from playground.schema import SchemaForm
from playground.schema.drawing import markdown

OUT = 'target="_blank" rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** and `code`", "<strong>bold</strong> and <code>code</code>"),
        ("one\ntwo", "one\ntwo"),
        ("one\n\ntwo", "one<br>two"),
        ("one <br> <br/>two<BR>", "one<br>two"),
        ("Sizes:\n- small\n* large", "Sizes:<br>• small<br>• large"),
        ("1. one\n2. two", "1. one<br>2. two"),
        ("# Head\ntext", "<strong>Head</strong><br>text"),
        ("[docs](https://a.example/?a=1&b=2)",
         f'<a href="https://a.example/?a=1&amp;b=2" {OUT}>docs</a>'),
        ("[mail](mailto:a@b.example)", f'<a href="mailto:a@b.example" {OUT}>mail</a>'),
        ("<https://a.example>", f'<a href="https://a.example" {OUT}>https://a.example</a>'),
        ("At https://a.example/b_c?d=1. More",
         f'At <a href="https://a.example/b_c?d=1" {OUT}>https://a.example/b_c?d=1</a>. More'),
        ("(http://a.example/x_(y)), b",
         f'(<a href="http://a.example/x_(y)" {OUT}>http://a.example/x_(y)</a>), b'),
        ("[at https://a.example](https://b.example)",
         f'<a href="https://b.example" {OUT}>at https://a.example</a>'),
        ('<a href="https://a.example">at https://b.example</a>',
         f'<a href="https://a.example" {OUT}>at https://b.example</a>'),
        ("[b](/docs) http://b.example",
         f'b <a href="http://b.example" {OUT}>http://b.example</a>'),
        ("[at https://a.example](/docs)",
         f'at <a href="https://a.example" {OUT}>https://a.example</a>'),
        ("`https://a.example` a@b.example www.a.example ftp://a.example readme.md",
         "<code>https://a.example</code> a@b.example www.a.example ftp://a.example readme.md"),
        ('<a href="https://a.example" onclick="x()">docs</a>',
         f'<a href="https://a.example" {OUT}>docs</a>'),
        ("[docs](/docs/sizes) [x](javascript:alert(1))", "docs x"),
        ('<a href="javascript:alert(1)">docs</a>', "docs"),
        ("![a fox](https://a.example/fox.png)", "a fox"),
        ("<b>b</b> <i>i</i> <p>p</p>", "<strong>b</strong> i<br>p"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("<lora:name:0.5> and <image>", "&lt;lora:name:0.5&gt; and &lt;image&gt;"),
        ("a < b & c > d &amp; e", "a &lt; b &amp; c &gt; d &amp; e"),
        ("snake_case_name, 2 * 3 * 4", "snake_case_name, 2 * 3 * 4"),
        ("```json\n{}\n```", "<code>{}</code>"),
        ("`<b>`", "<code>&lt;b&gt;</code>"),
        ("**open `tick", "**open `tick"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_description_is_rendered(text: str, html: str) -> None:
    assert markdown.render(text) == html


def test_the_plain_text_has_no_marks() -> None:
    text = "Makes **big** <br>pictures &amp; more, see [docs](https://a.example)\n\n- `x < y`"
    assert markdown.plain(text) == "Makes big pictures & more, see docs • x < y"


@pytest.mark.parametrize("text", ["[" * 4000, "[a](" * 1000, "![" * 2000, "<" * 4000, "> " * 2000,
                                  "**a " * 1000, "x" * 1_000_000, "[" * 1_000_000])  # fmt: skip
def test_any_description_is_rendered_in_bounded_time(text: str) -> None:
    start = time.process_time()
    assert len(markdown.render(text)) <= 6 * len(text)
    assert time.process_time() - start < 2  # seconds of processor time; 0.15 on an idle machine


def test_help_and_limits_are_separate_and_describe_the_control() -> None:
    part = {"type": "string", "description": "See `x`", "maxLength": 50}
    html = SchemaForm({"type": "object", "properties": {"a": part}}).render()
    said = (
        'id="f_2f_a-help" popover>See <code>x</code>'
        '<div class="field__limits">At most 50 characters</div>'
    )
    assert said in re.sub(r"(?<=>)\s+|\s+(?=<div)", "", html)
    assert 'aria-describedby="f_2f_a-help"' in html
