"""Sentences and lists of names are joined by the rules of the page's language."""

import pytest
from django.template import engines
from django.utils import translation

from playground.schema.lists import join_sentences

LANGUAGES = pytest.mark.parametrize(
    ("language", "sentences", "names"),
    [("en", "A. B.", "fox, owl, …"), ("zh-hans", "A.B.", "fox、owl、…")],
)


@LANGUAGES
def test_sentences_follow_each_other(language: str, sentences: str, names: str) -> None:
    with translation.override(language):
        assert join_sentences(["A.", "B."]) == sentences
        assert join_sentences([]) == ""


@LANGUAGES
def test_a_template_has_a_space_between_sentences_where_its_language_has_one(
    language: str, sentences: str, names: str
) -> None:
    template = engines["django"].from_string("A.{% sentence_space %}B.")
    with translation.override(language):
        assert template.render() == sentences


@LANGUAGES
def test_a_template_lists_names_as_its_language_does(
    language: str, sentences: str, names: str
) -> None:
    template = engines["django"].from_string("{{ names|listed:2 }}")
    with translation.override(language):
        assert template.render({"names": ["fox", "owl", "hen"]}) == names
        assert "…" not in template.render({"names": ["fox", "owl"]})
