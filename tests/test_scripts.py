"""A page loads one script, in which each module that it imports is evaluated once."""

import re

import pytest

from playground import scripts
from tests.launched import ROOT

SCRIPTS = ROOT / "static"
PAGES = sorted(path.relative_to(SCRIPTS).as_posix() for path in SCRIPTS.glob("js/pages/*.js"))


def bundle(**modules: str) -> str:
    return scripts.bundle_script("js/page.js", lambda name: modules[name[3:-3].replace("/", "_")])


def test_imported_modules_come_before_those_that_use_them() -> None:
    text = bundle(
        page='import { say } from "./form/words.js";\nsay();',
        form_words='import "../once.js";\nexport const WORD = "a";\nexport async function say() {}',
        once="start();",
    )
    assert re.sub(r"\s+", " ", text) == (
        "const module0 = (() => { start(); })(); "
        'const module1 = (() => { const WORD = "a"; async function say() {} '
        "return { WORD, say }; })(); "
        "const module2 = (() => { const { say } = module1; say(); })(); "
    )


def test_a_module_that_two_import_is_evaluated_once() -> None:
    text = bundle(
        page='import "./a.js";\nimport "./b.js";',
        a='import { c } from "./c.js";',
        b='import { c } from "./c.js";',
        c="export const c = begin();",
    )
    assert text.count("begin()") == 1


def test_an_import_in_several_lines_is_one() -> None:
    text = bundle(page='import {\n  a,\n  b,\n} from "./c.js";', c="export const a = 1;")
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
    told = re.escape(f"js/page.js has what is not bundled: {line}")
    with pytest.raises(scripts.BundlingError, match=told):
        bundle(page=line)


def test_a_cycle_is_named() -> None:
    told = r"js/a\.js imports itself by js/page\.js and js/a\.js and js/b\.js"
    with pytest.raises(scripts.BundlingError, match=told):
        bundle(page='import "./a.js";', a='import "./b.js";', b='import "./a.js";')


@pytest.mark.parametrize("page", PAGES)
def test_the_script_of_each_page_can_be_bundled(page: str) -> None:
    text = scripts.bundle_script(page, lambda name: (SCRIPTS / name).read_text())
    assert not re.search(r"^(import|export)\b", text, re.MULTILINE)


def test_templates_load_nothing_but_the_scripts_of_pages() -> None:
    templates = (ROOT / "templates").rglob("*.html")
    text = "".join(template.read_text() for template in templates)
    loaded = set(re.findall(r"static 'js/(?!vendor/)([^']+)'", text))
    assert {f"js/{name}" for name in loaded} == set(PAGES)
