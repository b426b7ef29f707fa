"""Pages load a few bundles, which contain each imported module once."""

import re
from collections.abc import Iterator
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
import rjsmin
from django.contrib.staticfiles.finders import find

from playground import scripts, stylesheets
from tests.launched import ROOT

SOURCES = ROOT / "static"
JAVASCRIPT_BYTES, CSS_BYTES = 45 * 1_024, 18 * 1_024
# Only comparison pages load these, in addition to those of the gallery.
COMPARE_BUNDLE, COMPARE_STYLE = "compare", "css/compare.css"
COMPARE_JAVASCRIPT_BYTES, COMPARE_CSS_BYTES = 4 * 1_024, 2 * 1_024
# Only experiment pages load this.
EXPERIMENTS_STYLE, EXPERIMENTS_CSS_BYTES = "css/experiments.css", 1_024
VOTES_STYLE, VOTES_CSS_BYTES = "css/votes.css", 1_280


def bundle_all(**modules: str) -> dict[str, str]:
    """Bundle modules; an argument `bundles_page` is js/bundles/page.js."""
    named = {f"js/{name.replace('_', '/')}.js": text for name, text in modules.items()}
    bundles = scripts.bundle_scripts(named, named.__getitem__)
    return {
        name.removeprefix("js/bundles/").removesuffix(".js"): re.sub(r"\s+", " ", text).strip()
        for name, text in bundles.items()
    }


def bundle(**modules: str) -> str:
    return bundle_all(**modules)["page"]


def test_imported_modules_come_before_those_that_use_them() -> None:
    text = bundle(
        bundles_page='import { say } from "../form/words.js";\nsay();',
        form_words='import "../once.js";\nexport const WORD = "a";\nexport async function say() {}',
        once="start();",
    )
    assert text == (
        "(() => { start(); })(); "
        'const module0 = (() => { const WORD = "a"; async function say() {} '
        "return { WORD, say }; })(); "
        "(() => { const { say } = module0; say(); })();"
    )


def test_a_module_that_two_import_is_evaluated_once() -> None:
    text = bundle(
        bundles_page='import "../a.js";\nimport "../b.js";',
        a='import { c } from "./c.js";',
        b='import { c } from "./c.js";',
        c="export const c = begin();",
    )
    assert text.count("begin()") == 1


def test_a_bundle_uses_the_modules_of_those_that_it_imports() -> None:
    bundles = bundle_all(
        bundles_page='import "./base.js";\nimport "../a.js";\nimport { d } from "../d.js";\nd();',
        a='import { c } from "./c.js";\nc();',
        bundles_base='import "../c.js";\nimport "../e.js";',
        c="export const c = 1;",
        d="export const d = 2;",
        e="begin();",
    )
    assert list(bundles) == ["base", "page"]
    assert bundles["base"].endswith("export { module0 };")
    assert bundles["page"] == (
        'import { module0 } from "./base.js"; '
        "(() => { const { c } = module0; c(); })(); "
        "const module1 = (() => { const d = 2; return { d }; })(); "
        "(() => { const { d } = module1; d(); })();"
    )


def test_an_import_in_several_lines_is_one() -> None:
    text = bundle(bundles_page='import {\n  a,\n  b,\n} from "../c.js";', c="export const a = 1;")
    assert "import" not in text


@pytest.mark.parametrize(
    "line",
    [
        'import a from "./a.js";',
        'import * as a from "./a.js";',
        'import { a } from "htmx";',
        "export default 1;",
        "export let a = 1;",
        "export { a };",
    ],
)
def test_what_is_not_bundled_is_named(line: str) -> None:
    message = re.escape(f"js/bundles/page.js has what is not bundled: {line}")
    with pytest.raises(scripts.BundlingError, match=message):
        bundle(bundles_page=line)


def test_a_cycle_is_named() -> None:
    message = r"js/a\.js imports itself by js/bundles/page\.js and js/a\.js and js/b\.js"
    with pytest.raises(scripts.BundlingError, match=message):
        bundle(bundles_page='import "../a.js";', a='import "./b.js";', b='import "./a.js";')


@pytest.fixture(scope="module")
def sent() -> dict[str, str]:
    """The program's bundles by name."""
    names = [path.relative_to(SOURCES).as_posix() for path in SOURCES.glob("js/bundles/*.js")]
    return scripts.bundle_scripts(names, lambda name: (SOURCES / name).read_text())


def test_each_module_is_sent_once(sent: dict[str, str]) -> None:
    modules = [path for path in SOURCES.rglob("js/**/*.js") if "vendor" not in path.parts]
    begin = re.compile(r"^(?:const module\d+ = )?\(\(\) => \{$", re.MULTILINE)
    assert sum(len(begin.findall(text)) for text in sent.values()) == len(modules)


def read_bundles() -> Iterator[tuple[Path, list[str]]]:
    """Yield each template that loads bundles, at once or later, and the bundles' names."""
    for template in (ROOT / "templates").rglob("*.html"):
        text = template.read_text()
        assert "static 'js/bundles" not in text, "a bundle without its texts"
        if named := re.findall(r'\{% (?:script|later)_bundle "(\w+)" %\}', text):
            yield template, named


def test_a_page_names_each_bundle_that_its_own_imports(sent: dict[str, str]) -> None:
    loaded = set()
    for template, named in read_bundles():
        loaded |= set(named)
        for number, name in enumerate(named):
            found = re.findall(r'from "\./(\w+)\.js"', sent[f"js/bundles/{name}.js"])
            assert {*found} <= {"frame", *named[:number]}, template
    assert {f"js/bundles/{name}.js" for name in loaded} == sent.keys()


def measure(text: str) -> int:
    """Return the size of a text in bytes as WhiteNoise sends it, compressed."""
    return len(brotli.compress(text.encode()))


def test_all_scripts_of_a_page_together_are_light(sent: dict[str, str]) -> None:
    """Includes third-party scripts, and scripts that are loaded later."""
    found = [find("js/vendor/idiomorph.min.js"), find("django_htmx/htmx-2.min.js")]
    others = [measure(Path(str(path)).read_text()) for path in found]
    own = {name: measure(str(rjsmin.jsmin(text))) for name, text in sent.items()}
    for template, named in read_bundles():
        names = {"frame", *named} - {COMPARE_BUNDLE}
        sizes = [own[f"js/bundles/{name}.js"] for name in names]
        assert sum(others) + sum(sizes) <= JAVASCRIPT_BYTES, template
    assert own[f"js/bundles/{COMPARE_BUNDLE}.js"] <= COMPARE_JAVASCRIPT_BYTES


def test_the_scripts_of_a_comparison_are_loaded_only_by_its_page() -> None:
    pages = {
        path.name
        for path in (ROOT / "templates").rglob("*.html")
        if re.search(rf'script_bundle "{COMPARE_BUNDLE}"|{COMPARE_STYLE}', path.read_text())
    }
    assert pages == {"compare.html"}


def test_the_stylesheet_of_experiments_is_loaded_only_by_their_pages() -> None:
    pages = {
        path.relative_to(ROOT / "templates").as_posix()
        for path in (ROOT / "templates").rglob("*.html")
        if EXPERIMENTS_STYLE in path.read_text()
    }
    assert pages == {f"experiments/{page}.html" for page in ("add", "grid", "new")}


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("css/main.css", CSS_BYTES),
        (COMPARE_STYLE, COMPARE_CSS_BYTES),
        (EXPERIMENTS_STYLE, EXPERIMENTS_CSS_BYTES),
        (VOTES_STYLE, VOTES_CSS_BYTES),
    ],
)
def test_the_stylesheets_are_light(name: str, most: int) -> None:
    assert name in stylesheets.BUNDLES
    style = stylesheets.bundle_stylesheet(lambda path: (SOURCES / path).read_text(), name)
    assert measure(stylesheets.minify_stylesheet(style)) <= most


@pytest.mark.parametrize(
    ("style", "minified"),
    [
        (".a { & .b { color: red } }", ".a{.b{color:red}}"),
        (".a { &:hover, & > .b { top: 0 } }", ".a{&:hover,>.b{top:0}}"),
        (".a { & .b:has(&) { top: 0 } }", ".a{& .b:has(&){top:0}}"),
        (".a { .c & { top: 0 } }", ".a{.c & {top:0}}"),
        (".a { top: calc(1px * 2); grid-area: 1 / 2 }", ".a{top:calc(1px*2);grid-area:1/2}"),
        (".a { & * { top: 0.5rem } }", ".a{*{top:.5rem}}"),
        (":root { --x: a & b; }", ":root{--x:a & b}"),
        ('.a[b="c-d"], .a[b^="c"] { top: 0 }', ".a[b=c-d],.a[b^=c]{top:0}"),
        ('.a[b="1"], .a[b=""] { content: "c" }', '.a[b="1"],.a[b=""]{content:"c"}'),
    ],
)
def test_a_minified_stylesheet_has_the_same_meaning(style: str, minified: str) -> None:
    assert stylesheets.minify_stylesheet(style) == minified
