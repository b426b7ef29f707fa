"""A request as programs: what somebody pastes to make the same outside of this playground.

Each reads its API key from the environment, sends the request under an Idempotency-Key of its own,
asks how the task is getting on until it has ended, and prints the links to what it gave.

Source  api.mindvideo.ai, "Calling the API", read 2026-11-22; see `providers/mindvideo.py`
"""

import json
import re
import shlex
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.runs.files.uploads import replace_texts

LARGEST_IN_JAVASCRIPT = 2**53 - 1
BEYOND_ONE_UNIT = 0xFFFF  # of UTF-16, in which JSON and JavaScript escape

CURL = """\
bash <<'PROGRAM'
# Needs bash, and curl 7.76 or newer. Set your key first: export MINDVIDEO_API_KEY=...
%files%set -eu
: "${MINDVIDEO_API_KEY:?is not set}"
api=%api%

request() { cat <<'JSON'
%request%
JSON
}
ask() {
  curl --silent --show-error --fail-with-body --max-time 60 --retry 4 \\
    --header "Authorization: Bearer $MINDVIDEO_API_KEY" "$@"
}
field() { grep -o "\\"$1\\" *: *\\"[^\\"]*\\"" | head -n 1 | cut -d '"' -f 4; }
give_up() { printf '%s\\n' "$answer" >&2; exit 1; }

# One key for this request: repeated with it, it is charged once.
answer=$(request | ask "$api/tasks" --header "Content-Type: application/json" \\
  --header "Idempotency-Key: task_$(date +%s)_$$_$RANDOM" --data-binary @-) || give_up
task=$(printf '%s' "$answer" | field task_id)
[ -n "$task" ] || give_up

pause=1
while :; do
  answer=$(ask "$api/tasks/$task") || give_up
  status=$(printf '%s' "$answer" | field status)
  echo "$task $status" >&2
  case $status in
    succeeded) break ;;
    queued | processing) sleep "$pause" ;;
    *) give_up ;;
  esac
  [ "$pause" -ge 10 ] || pause=$((pause + 1))
done
# The links expire: fetch what you want to keep.
printf '%s' "$answer" | sed 's|\\\\/|/|g; s/\\\\u0026/\\&/g' |
  grep -o '"https*://[^"]*"' | tr -d '"'
PROGRAM
"""

PYTHON = """\
# Needs Python 3.9 or newer, and requests: pip install requests
# Set your key first: export MINDVIDEO_API_KEY=...
%files%import os
import sys
import time
import uuid

import requests

API = %api%
HEADERS = {"Authorization": f"Bearer {os.environ['MINDVIDEO_API_KEY']}"}
REQUEST = %request%


def ask(method, path, headers=None, **options):
    for pause in (1, 2, 4, 8, 0):
        try:
            answer = requests.request(
                method, API + path, headers={**HEADERS, **(headers or {})}, timeout=60, **options
            )
        except (requests.ConnectionError, requests.Timeout) as error:
            trouble = str(error)
        else:
            if answer.ok:
                return answer.json()
            trouble = f"{answer.status_code} {answer.text}"
            if answer.status_code not in (429, 500, 502, 503, 504):
                break
        time.sleep(pause)
    sys.exit(trouble)


# One key for this request: repeated with it, it is charged once.
task_id = ask("POST", "/tasks", {"Idempotency-Key": str(uuid.uuid4())}, json=REQUEST)["task_id"]

pause = 1
while True:
    task = ask("GET", f"/tasks/{task_id}")
    print(task_id, task["status"], file=sys.stderr)
    if task["status"] not in ("queued", "processing"):
        break
    time.sleep(pause)
    pause = min(pause + 1, 10)
if task["status"] != "succeeded":
    sys.exit(str(task))

# The links expire: fetch what you want to keep.
for files in (task.get("output") or {}).values():
    for file in files if isinstance(files, list) else [files]:
        print(file["url"] if isinstance(file, dict) else file)
"""

JAVASCRIPT = """\
// Needs Node 18 or newer. Save it as generate.mjs, set your key, and run it:
// export MINDVIDEO_API_KEY=...; node generate.mjs
%files%import { randomUUID } from "node:crypto";

const api = %api%;
const key = process.env.MINDVIDEO_API_KEY;
if (!key) throw new Error("MINDVIDEO_API_KEY is not set");
%request%

const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function ask(path, { headers, ...options } = {}) {
  let trouble;
  for (const pause of [1, 2, 4, 8, 0]) {
    try {
      const answer = await fetch(api + path, {
        ...options,
        headers: { Authorization: `Bearer ${key}`, ...headers },
        signal: AbortSignal.timeout(60_000),
      });
      const text = await answer.text();
      if (answer.ok) return JSON.parse(text);
      trouble = new Error(`${answer.status} ${text}`);
      if (![429, 500, 502, 503, 504].includes(answer.status)) break;
    } catch (error) {
      trouble = error;
    }
    await sleep(pause);
  }
  throw trouble;
}

// One key for this request: repeated with it, it is charged once.
const headers = { "Content-Type": "application/json", "Idempotency-Key": randomUUID() };
const { task_id } = await ask("/tasks", { method: "POST", headers, body });

let task;
for (let pause = 1; ; pause = Math.min(pause + 1, 10)) {
  task = await ask(`/tasks/${task_id}`);
  console.error(task_id, task.status);
  if (!["queued", "processing"].includes(task.status)) break;
  await sleep(pause);
}
if (task.status !== "succeeded") throw new Error(JSON.stringify(task));

// The links expire: fetch what you want to keep.
for (const file of Object.values(task.output ?? {}).flat()) console.log(file.url ?? file);
"""

FILES = (
    "Files of the playground cannot be fetched by others: put in place of each <link to ...>",
    "a link that everybody can open, or a small file as a data URI.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One way to write a request down.

    name   an id
    title  what people call it
    """

    name: str
    title: str
    text: str


def write_programs(
    base_url: str, model: str, inputs: Any, files: Mapping[str, str]
) -> tuple[Program, ...]:
    """Return a request in each language.

    files  by reference, the names of the uploads in it; they become places to put a link at
    """
    links = {reference: f"<link to {name}>" for reference, name in files.items()}
    request = {"model": model, "input": replace_texts(inputs, links)}
    api = base_url.rstrip("/") + "/api/v1"
    return (
        Program(name="curl", title="curl", text=write_curl(api, request, has_files=bool(files))),
        Program(
            name="python", title="Python", text=write_python(api, request, has_files=bool(files))
        ),
        Program(
            name="javascript",
            title="JavaScript",
            text=write_javascript(api, request, has_files=bool(files)),
        ),
    )


def write_curl(api: str, request: Any, *, has_files: bool) -> str:
    """Return it for a shell.

    All of it is a quoted here-document, in which nothing is replaced and interactive zsh takes a
    comment for one. In some shells a "!" is history even there, so that none is written.
    """
    text = write_json(request).replace("!", r"\u0021")
    return fill(CURL, api=shlex.quote(api), request=text, files=comment("# ", has_files=has_files))


def write_python(api: str, request: Any, *, has_files: bool) -> str:
    literal = write_python_literal(request)
    files = comment("# ", has_files=has_files)
    return fill(PYTHON, api=write_python_literal(api), request=literal, files=files)


def write_javascript(api: str, request: Any, *, has_files: bool) -> str:
    files = comment("// ", has_files=has_files)
    body = write_javascript_body(request)
    return fill(JAVASCRIPT, api=write_json(api), request=body, files=files)


def fill(program: str, **parts: str) -> str:
    """Put parts in their places, all at once: what is put in is not looked through."""
    return re.sub("%(api|request|files)%", lambda place: parts[place[1]], program)


def comment(mark: str, *, has_files: bool) -> str:
    return "".join(f"{mark}{line}\n" for line in FILES) if has_files else ""


def write_json(value: Any, *, indent: int = 2) -> str:
    """Return JSON in which what is not seen, or turns text around, is an escape."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return "".join(escape(letter) if is_unseen(letter) else letter for letter in text)


def is_unseen(letter: str) -> bool:
    is_odd = unicodedata.category(letter)[0] == "C" or letter in "\u2028\u2029"
    return is_odd and letter != "\n"  # JSON writes those of a text as escapes itself


def escape(letter: str) -> str:
    code = ord(letter)
    if code <= BEYOND_ONE_UNIT:
        return f"\\u{code:04x}"
    units = letter.encode("utf-16-be").hex()
    return f"\\u{units[:4]}\\u{units[4:]}"


def write_python_literal(value: Any) -> str:
    """Return JSON as Python reads it: with its own words, and escapes of whole characters."""
    text = json.dumps(value, ensure_ascii=False, indent=4)
    words = {"true": "True", "false": "False", "null": "None"}
    text = re.sub(
        r'"(?:[^"\\]|\\.)*"|true|false|null', lambda part: words.get(part[0], part[0]), text
    )
    return "".join(f"\\U{ord(each):08x}" if is_unseen(each) else each for each in text)


def write_javascript_body(request: Any) -> str:
    """Return what makes the body of a request.

    As a literal where that gives the same JSON again: JavaScript rounds large integers, and takes
    the name __proto__ for something else.
    """
    text = write_json(request)
    if is_exact_in_javascript(request):
        return f"const body = JSON.stringify({text});"
    return (
        "// As a text: JavaScript would change a number or a name in it.\n"
        f"const body = {write_json(json.dumps(request, ensure_ascii=False))};"
    )


def is_exact_in_javascript(value: Any) -> bool:
    match value:
        case int():
            return abs(value) <= LARGEST_IN_JAVASCRIPT
        case list():
            return all(map(is_exact_in_javascript, value))
        case dict():
            return "__proto__" not in value and all(map(is_exact_in_javascript, value.values()))
    return True
