"""What one reads at once is short: modules, functions, views. Docstrings are not counted."""

import ast
from collections.abc import Iterator

from tests.launched import ROOT

MODULE, FUNCTION, VIEW = 300, 40, 15

# What is longer still, with its length: it may become shorter, and nothing is added.
LONGER = {
    "playground/archive/importer.py": 364,
    "playground/catalog/almost_json.py": 353,
    "playground/catalog/candidates.py": 319,
    "playground/environment.py": 306,
    "playground/runs/advice.py": 327,
    "playground/schema/tree/nodes.py": 319,
    "playground/schema/tree/unions.py": 333,
    "playground/schema/tree/unions.py _of_alternatives": 46,
    "playground/settings.py": 319,
}

type Function = ast.FunctionDef | ast.AsyncFunctionDef


def read_sources() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "playground").rglob("*.py")):
        if "migrations" not in path.parts:
            yield str(path.relative_to(ROOT)), path.read_text()


def measure(path: str, source: str) -> Iterator[tuple[str, int, int]]:
    """Yield what a module holds, itself included: its name, its length, and the longest allowed."""
    yield path, len(source.splitlines()), MODULE
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path} {node.name}", length_of(node), VIEW if is_view(node) else FUNCTION


def length_of(function: Function) -> int:
    """Count the lines of a function from the first one behind its docstring."""
    first, *others = function.body
    begin = others[0] if others and ast.get_docstring(function) is not None else first
    assert function.end_lineno
    return function.end_lineno - begin.lineno + 1


def is_view(function: Function) -> bool:
    """Whether a function takes a request and returns what is answered."""
    arguments, returned = function.args.args, function.returns
    if not arguments or arguments[0].annotation is None or returned is None:
        return False
    request = ast.unparse(arguments[0].annotation)
    return request in {"HtmxRequest", "HttpRequest"} and "Response" in ast.unparse(returned)


def test_nothing_is_longer_than_one_reads_at_once() -> None:
    long = {
        name: length
        for path, source in read_sources()
        for name, length, longest in measure(path, source)
        if length > longest
    }
    grown = {name: length for name, length in long.items() if length > LONGER.get(name, 0)}
    assert not grown
    assert not LONGER.keys() - long.keys()  # what became short is taken out of the list


def test_the_measure_counts_what_it_says() -> None:
    body = "    a = 1\n" * 16
    view = f'def show(request: HtmxRequest) -> HttpResponse:\n    """Words.\n\n    More."""\n{body}'
    plain = f"def show(request: int) -> int:\n{body}"
    assert list(measure("x.py", view))[1] == ("x.py show", 16, VIEW)
    assert list(measure("x.py", plain))[1] == ("x.py show", 16, FUNCTION)
    assert next(iter(measure("x.py", plain))) == ("x.py", 17, MODULE)
