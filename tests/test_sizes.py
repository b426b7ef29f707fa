"""Limits on the length of files, functions and views.

Files are counted with all lines, functions without their docstring. For the median of the modules
only lines of code count, without docstrings, comments and blank lines.
"""

import ast
from collections.abc import Iterator
from statistics import median

from tests.launched import ROOT

FILE, FUNCTION, VIEW = 300, 40, 15
MEDIAN = 70  # lines of code of a module

TABLES = {"static/css/components/tile-ratio.css"}  # one rule for each ratio

type Function = ast.FunctionDef | ast.AsyncFunctionDef


def read_sources() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "playground").rglob("*.py")):
        if "migrations" not in path.parts:
            yield str(path.relative_to(ROOT)), path.read_text()


def read_page_files() -> Iterator[tuple[str, str]]:
    for folder, pattern in (("templates", "*.*"), ("static", "*.css"), ("static", "*.js")):
        for path in sorted((ROOT / folder).rglob(pattern)):
            name = str(path.relative_to(ROOT))
            if "vendor" not in path.parts and name not in TABLES:
                yield name, path.read_text()


def measure(path: str, source: str) -> Iterator[tuple[str, int, int]]:
    """Yield a module and its functions, each as name, length and limit."""
    yield path, len(source.splitlines()), FILE
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path} {node.name}", length_of(node), VIEW if is_view(node) else FUNCTION


def length_of(function: Function) -> int:
    """Count the lines of a function after its docstring."""
    first, *others = function.body
    begin = others[0] if others and ast.get_docstring(function) is not None else first
    assert function.end_lineno
    return function.end_lineno - begin.lineno + 1


def count_code(source: str) -> int:
    """Count the lines of a module, without docstrings, comments and blank lines."""
    prose: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if ast.get_docstring(node) is not None:
            assert node.body[0].end_lineno
            prose.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    lines = enumerate(source.splitlines(), 1)
    return sum(
        1 for number, line in lines if number not in prose and line.strip().partition("#")[0]
    )


def is_view(function: Function) -> bool:
    """Whether a function takes a request and returns a response."""
    arguments, returned = function.args.args, function.returns
    if not arguments or arguments[0].annotation is None or returned is None:
        return False
    request = ast.unparse(arguments[0].annotation)
    return request in {"HtmxRequest", "HttpRequest"} and "Response" in ast.unparse(returned)


def test_no_module_function_or_view_is_too_long() -> None:
    assert not {
        name: length
        for path, source in read_sources()
        for name, length, longest in measure(path, source)
        if length > longest
    }


def test_no_template_stylesheet_or_script_is_too_long() -> None:
    lengths = {name: len(text.splitlines()) for name, text in read_page_files()}
    assert len(lengths) > 100
    assert not {name: length for name, length in lengths.items() if length > FILE}


def test_half_of_the_modules_are_short() -> None:
    assert median(count_code(source) for _, source in read_sources()) <= MEDIAN


def test_lengths_are_counted_without_docstrings() -> None:
    body = "    a = 1\n" * 16
    view = f'def show(request: HtmxRequest) -> HttpResponse:\n    """Words.\n\n    More."""\n{body}'
    plain = f"def show(request: int) -> int:\n{body}"
    assert list(measure("x.py", view))[1] == ("x.py show", 16, VIEW)
    assert list(measure("x.py", plain))[1] == ("x.py show", 16, FUNCTION)
    assert next(iter(measure("x.py", plain))) == ("x.py", 17, FILE)
    assert count_code(f"# comment\n\n{view}") == 17
