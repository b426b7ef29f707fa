"""The programs that the pages show, executed: the provider receives the inputs of the run."""

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from playground.providers import mindvideo_code, programs, registry
from tests.sandbox_process import SandboxProcess
from tests.tables import sample

MODEL = "doubao-seedream-5-0-lite"
SPECIAL_CHARACTERS = (
    'it\'s "quoted"\n\r\n\t$HOME ${HOME} `id` $(id) \\ \\n \\u0041 !! %s %request% #{x} <b>&amp; '
    "一只猫 👩‍🚀 🏴󠁧󠁢󠁥󠁮󠁧󠁿 \u2028\u2029\u202e\x7f\x85 ''' \"\"\" */ -->\nJSON\nPROGRAM\n"
)
FEW_EXAMPLES = settings(
    max_examples=3,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],  # shrinking a failure would take minutes
    suppress_health_check=list(HealthCheck),
)

type RunProgram = Callable[[str, Any], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def commands() -> dict[str, tuple[str, ...]]:
    """The command that runs each program, of JavaScript only where Node is installed."""
    node = shutil.which("node")
    known: dict[str, tuple[str, ...]] = {"curl": ("bash",), "python": (sys.executable,)}
    return known | ({"javascript": (node,)} if node else {})


@pytest.fixture
def run_program(
    sandbox: SandboxProcess, tmp_path: Path, commands: dict[str, tuple[str, ...]]
) -> Any:
    sandbox.small_pictures(32)

    def start(name: str, inputs: Any) -> subprocess.CompletedProcess[str]:
        written = mindvideo_code.write_programs(sandbox.url, MODEL, inputs, has_files=False)
        file = tmp_path / f"{name}.mjs"
        file.write_text(next(each.text for each in written if each.name == name))
        return subprocess.run(
            [*commands[name], str(file)],
            env={
                "PATH": "/usr/local/bin:/usr/bin:/bin",
                "NO_PROXY": "*",
                "MINDVIDEO_API_KEY": sandbox.api_key,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return start


def was_received(sandbox: SandboxProcess, inputs: Any) -> bool:
    """Repeat the request with its idempotency key: only the same inputs return its task."""
    key = next(each["key"] for each in sandbox.ledger()["requests"] if each["key"])
    answer = sandbox.http.post(
        f"{sandbox.url}/api/v1/tasks",
        json={"model": MODEL, "input": inputs},
        headers={"Authorization": f"Bearer {sandbox.api_key}", "Idempotency-Key": key},
        timeout=10,
    )
    return answer.ok and len(sandbox.ledger()["tasks"]) == 1


def test_each_program_makes_the_pictures_and_prints_their_links(
    run_program: RunProgram, sandbox: SandboxProcess, commands: dict[str, Any]
) -> None:
    sandbox.durations(processing=1.5)
    for name in commands:
        ended = run_program(name, {"prompt": "a cat", "n": 2, "watermark": True})
        links = ended.stdout.split()
        assert (ended.returncode, len(links)) == (0, 2), (name, ended.stderr)
        assert len(ended.stderr.splitlines()) > 1  # it polled more than once
        assert sandbox.http.get(links[1], timeout=10).content.startswith(b"\xff\xd8")


@pytest.mark.parametrize("name", sample(["curl", "python", "javascript"], 1))
def test_the_received_inputs_equal_the_typed_inputs(
    run_program: RunProgram, sandbox: SandboxProcess, commands: dict[str, Any], name: str
) -> None:
    @FEW_EXAMPLES
    @given(st.text(min_size=20))
    def arrives(prompt: str) -> None:
        sandbox.reset()
        sandbox.durations(queued=0, processing=0)
        sandbox.small_pictures(32)
        inputs = {"prompt": SPECIAL_CHARACTERS + prompt}
        ended = run_program(name, inputs)
        assert ended.returncode == 0, ended.stderr
        assert was_received(sandbox, inputs)
        assert not was_received(sandbox, {"prompt": "other"})

    if name in commands:
        arrives()
    else:  # without Node, compare the JSON that it would read
        text = programs.write_javascript_body({"prompt": SPECIAL_CHARACTERS})
        written = text.removeprefix("const body = JSON.stringify(").removesuffix(");")
        assert json.loads(written) == {"prompt": SPECIAL_CHARACTERS}


@FEW_EXAMPLES
@given(
    st.dictionaries(
        st.text(),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats(allow_nan=False, allow_infinity=False)
            | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ),
    )
)
def test_python_code_reads_the_same_inputs(inputs: dict[str, Any]) -> None:
    assert ast.literal_eval(programs.write_python_literal(inputs)) == inputs
    assert json.loads(programs.write_json(inputs)) == inputs


def test_javascript_code_uses_a_string_where_a_literal_would_change() -> None:
    for odd in ({"seed": 2**60}, {"__proto__": [1]}):
        last = programs.write_javascript_body(odd).splitlines()[-1]
        assert json.loads(json.loads(last.removeprefix("const body = ").removesuffix(";"))) == odd


def test_a_placeholder_for_a_link_is_explained() -> None:
    inputs = {"a": ["<link to b.png>"]}
    for program in mindvideo_code.write_programs("https://x", MODEL, inputs, has_files=True):
        assert '"<link to b.png>"' in program.text
        assert "put in place of each" in program.text


def test_each_program_reads_the_key_from_the_variable_that_the_page_names() -> None:
    provider = registry.MINDVIDEO
    for program in provider.write_programs("https://x", MODEL, {}, has_files=False):
        assert provider.key_variable in program.text
