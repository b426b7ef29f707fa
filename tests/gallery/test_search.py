"""Search by words in any script and by filters, all of them in the address."""

from datetime import date
from decimal import Decimal
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from playground.catalog.models import ModelSpec
from playground.gallery import search_index, search_words
from playground.gallery.filters import Filters, find_outputs, read_filters, search_condition
from playground.gallery.models import InputWord, RunWords
from playground.runs.models import Output, Run
from playground.teams.models import Membership
from tests.gallery.conftest import AddPicture
from tests.gallery.test_browse import GALLERY, shown

DOG = "一只在花园里玩耍的金毛犬,阳光明媚,高清摄影风格。"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("lighthouse", True), ("LIGHT", True), ("light cliff", False), ("cliff lighthouse", True),
        ("house", False), ("lighthouse dog", False), ("café", True), ("CAFE", True),
        ("cliff.", True), ("sea-side", True), ("!!!", False), ('"', False),
        ("lighthouse OR", False),
        ("NEAR(", True), ("cliff*", True), ("'); DROP TABLE x", False), ("ｌｉｇｈｔ", True),
    ],
)  # fmt: skip
def test_every_search_word_must_match_and_the_last_may_be_a_prefix(
    client: Client, add_picture: AddPicture, asked: str, *, found: bool
) -> None:
    add_picture("A Lighthouse on a cliff at the sea-side, near a café")
    assert bool(shown(client, f"?q={quote(asked)}")) is found


@pytest.mark.parametrize(("asked", "found"), [
    ("金毛犬", True), ("金毛", True), ("犬", True), ("花园 金毛", True), ("毛金", False),
    ("狗", False), ("高清摄影", True),
])  # fmt: skip
def test_chinese_is_matched_by_adjacent_characters(
    client: Client, add_picture: AddPicture, asked: str, *, found: bool
) -> None:
    add_picture(DOG)
    assert bool(shown(client, f"?q={asked}")) is found


@pytest.mark.once
@pytest.mark.parametrize(
    ("prompt", "asked", "others"),
    [
        ("แมวสีส้มนั่งอยู่บนหลังคาบ้าน", ["หลังคา", "สีส้ม", "บ้าน", "แมว", "นั่ง"], ["หมา", "แมน", "สีม"]),
        ("วิทยุเก่าบนโต๊ะไม้", ["โต๊ะ", "วิทยุ", "ไม้", "เก่า"], ["โตะ", "ไม่"]),
        ("ຫມາສີດໍານັ່ງຢູ່ເທິງຫລັງຄາ", ["ຫລັງຄາ", "ສີດໍາ", "ສີດຳ"], ["ແມວ"]),
        ("ឆ្មាពណ៌ទឹកក្រូចនៅលើដំបូល", ["ដំបូល", "ឆ្មា", "ទឹកក្រូច"], ["ឆ្កែ"]),
        ("ဆာကူရာပန်းအောက်မှာကြောင်", ["ကြောင်", "ပန်း"], ["ခွေး"]),
        ("ばしょとパンダ", ["ばしょ", "パンダ", "ﾊﾟﾝﾀﾞ"], ["はし", "ハンタ"]),
        ("人々が橋を渡る", ["人々", "橋を渡る"], ["人人"]),
        ("हिन्दी में एक बिल्ली", ["हिन्दी", "बिल्ली", "बिल्"], ["बल", "हद"]),
        ("ஒரு பூனை கூரை மீது", ["பூனை", "கூரை"], ["பன", "கர"]),
        ("گربه می‌خواهد", ["گربه", "خواهد"], ["سگ"]),
        ("a C# class", ["C#", "c#", "class", "C"], ["C++", "C+"]),
        ("a C++ class", ["C++", "C+", "C++ class"], ["C#"]),
        ("cats and dogs", ["c"], ["C#", "C++"]),
        ("a light\u00adhouse", ["lighthouse"], []),
    ],
)
def test_a_word_is_found_in_any_script_and_others_are_not(
    client: Client, add_picture: AddPicture, prompt: str, asked: list[str], others: list[str]
) -> None:
    add_picture(prompt)
    found = {each: bool(shown(client, f"?q={quote(each)}")) for each in [*asked, *others]}
    assert found == dict.fromkeys(asked, True) | dict.fromkeys(others, False)


def test_text_tokenised_by_an_earlier_version_is_indexed_again(
    client: Client, add_picture: AddPicture
) -> None:
    add_picture("แมวสีส้มนั่งอยู่บนหลังคา")
    add_picture("a lighthouse")
    RunWords.objects.update(words="as it was", version=1)
    assert not shown(client, f"?q={quote('หลังคา')}")
    assert search_index.reindex_some()
    assert not search_index.reindex_some()
    assert shown(client, f"?q={quote('หลังคา')}")
    assert shown(client, "?q=lighthouse")
    assert not shown(client, "?q=as+it+was")


def test_rows_written_by_an_earlier_version_are_marked_for_indexing(
    add_picture: AddPicture,
) -> None:
    add_picture("a lighthouse")
    run = Run.objects.get()
    RunWords.objects.all().delete()
    with connection.cursor() as cursor:
        key = run.pk.hex if connection.vendor == "sqlite" else run.pk
        sql = "INSERT INTO gallery_runwords (run_id, words) VALUES (%s, %s)"
        cursor.execute(sql, [key, "a lighthouse"])
    assert RunWords.objects.get().version == 1


def test_search_matches_the_model_name(client: Client, add_picture: AddPicture) -> None:
    add_picture("one")
    assert shown(client, "?q=seedream") == ["one"]


TITLES = {
    "zh-Hans": {"title": "梦境"},
    "de": {"title": "Traumbild"},
    "fr": {"title": 77},
    "ja": "夢",
    "es": {"title": "sueño " * 9999},
}


def publish_dream(seedream: ModelSpec) -> ModelSpec:
    """Publish a model with titles in several languages, and invalid ones."""
    facts = {**seedream.facts, "title": "Dream", "schema": {**seedream.schema, "x-i18n": TITLES}}
    return ModelSpec.objects.publish("dream", **facts)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("dream", ["one"]), ("梦境", ["one"]), ("traumbild", ["one"]), ("one", ["one"]),
        ("夢", []), ("77", []),
    ],
)  # fmt: skip
def test_search_matches_the_model_name_in_each_language(
    client: Client, add_picture: AddPicture, seedream: ModelSpec, asked: str, found: list[str]
) -> None:
    add_picture("one", run={"spec": publish_dream(seedream)})
    add_picture("another")
    assert shown(client, f"?q={quote(asked)}") == found


def test_translated_model_names_are_indexed_for_earlier_runs(
    client: Client,
    add_picture: AddPicture,
    seedream: ModelSpec,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    spec = publish_dream(seedream)
    for prompt in ("one", "two", "three"):
        add_picture(prompt, run={"spec": spec})
    RunWords.objects.update(words="dream", version=3)
    with django_assert_max_num_queries(8):  # the model is read once, and each row is updated
        assert search_index.reindex_some()
    assert shown(client, f"?q={quote('梦境')}") == ["three", "two", "one"]


def test_deleted_runs_are_removed_from_the_index(
    add_picture: AddPicture, membership: Membership
) -> None:
    add_picture("a lighthouse")
    Output.objects.all().delete()
    Run.objects.all().delete()
    assert not RunWords.objects.exists()
    add_picture("a harbour")
    assert find_outputs(membership, Filters(q="lighthouse")).count() == 0


@given(text=st.text(max_size=200))
@settings(max_examples=200)
def test_a_query_contains_only_words(text: str) -> None:
    for question in (search_words.sqlite_query(text), search_words.postgresql_query(text)):
        bare = question.translate(str.maketrans("", "", "\"'()&<->:*")).replace("AND", "")
        assert all(word.isalnum() for word in bare.split())


@given(text=st.text(max_size=60) | st.sampled_from(["金 a", "\"'", "a' | b", "NOT", "é" * 99]))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # nothing is written
def test_no_search_text_breaks_the_database(db: None, text: str) -> None:
    assert Output.objects.filter(*search_condition(text)).count() == 0


@given(text=st.text(max_size=200))
def test_tokenising_keeps_the_text(text: str) -> None:
    assert search_words.cut(search_words.cut(text)) == search_words.cut(text)


def test_selected_inputs_are_indexed_as_facets_and_prompts_are_not(add_picture: AddPicture) -> None:
    add_picture("a lighthouse " * 9, resolution="4k", n=3, watermark=True, image_urls=["x"])
    assert set(InputWord.objects.values_list("name", "word")) == {
        ("resolution", "4k"), ("n", "3"), ("watermark", "yes"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("in.resolution=4k", {"tall"}), ("in.resolution=2k", {"wide", "square"}),
        ("in.resolution=4k&in.n=1", set()), ("shape=wide", {"wide"}), ("shape=tall", {"tall"}),
        ("shape=square", {"square"}), ("shape=round", {"wide", "tall", "square"}),
        ("person=bo", {"square"}), ("stars=3", {"tall"}), ("stars=0", {"wide", "square"}),
        ("least=1", {"wide"}), ("most=0.5", {"tall", "square"}), ("until=2026-11-19", set()),
        ("since=2026-11-20&until=2026-11-20", {"wide", "tall", "square"}), ("kind=video", set()),
        ("model=doubao-seedream-5-0-lite", {"wide", "tall", "square"}), ("model=x", set()),
        ("tag=best", {"tall"}), ("collection=x", {"wide", "tall", "square"}),
    ],
)  # fmt: skip
def test_each_filter_finds_what_it_names(
    client: Client, add_picture: AddPicture, membership: Membership, query: str, found: set[str]
) -> None:
    bo = User.objects.create_user("bo")
    wide = add_picture("wide", size=(16, 9), resolution="2k")
    Run.objects.filter(pk=wide.run_id).update(cost_actual="1")
    tall = add_picture("tall", size=(9, 16), resolution="4k")
    Output.objects.filter(pk=tall.pk).update(stars=4)
    membership.workspace.tags.create(name="best").outputs.add(tall)
    add_picture("square", size=(1, 1), resolution="2k", run={"author": bo})
    assert set(shown(client, f"?{query}")) == found


FILTERS = st.builds(
    Filters,
    q=st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), max_size=20),
    since=st.none() | st.dates(),
    stars=st.sampled_from(["", "0", "3"]),
    most=st.none() | st.decimals(0, 1000, places=3),
    trash=st.booleans(),
    inputs=st.sampled_from([(), (("n", "1"), ("resolution", "4k"))]),
)


@given(filters=FILTERS)
def test_the_address_contains_all_filters(filters: Filters) -> None:
    assert read_filters(QueryDict(filters.query)) == filters


@given(query=st.text(max_size=80))
def test_any_address_is_parsed(query: str) -> None:
    assert isinstance(read_filters(QueryDict(query.encode("utf-8", "replace"))), Filters)


def test_filters_are_removed_one_by_one() -> None:
    filters = Filters(since=date(2026, 1, 1), most=Decimal(1), inputs=(("n", "1"), ("n", "2")))
    assert filters.without("since").since is None
    assert filters.without("in.n", "1").inputs == (("n", "2"),)


def test_the_panel_counts_and_offers_existing_values(
    client: Client, add_picture: AddPicture
) -> None:
    for resolution in ("2k", "2k", "4k"):
        add_picture("one", resolution=resolution)
    page = " ".join(client.get(f"{GALLERY}filters/?in.resolution=4k").text.split())
    assert '<span class="title__count">1 picture' in page
    assert 'href="/gallery/?in.resolution=2k" > <span>2k</span> <span class="menu__end">2<' in page
    assert (
        'href="/gallery/" aria-current="true"> <span>4k</span> <span class="menu__end">1<' in page
    )
    assert ">Resolution</h2>" in page
