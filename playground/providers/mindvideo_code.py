"""Code snippets of a request to MindVideo: shell (curl), Python and JavaScript.

Each reads the API key from the environment, sends the request with a new Idempotency-Key, polls the
task until it has ended, and prints the links to the results.

Source  api.mindvideo.ai, "Calling the API", read 2026-11-22; see `mindvideo.py`
"""

import shlex
from typing import Any

from playground.providers.programs import (
    comment,
    fill_program,
    write_javascript_body,
    write_json,
    write_python_literal,
)
from playground.providers.protocol import HttpRequest, Program

KEY_VARIABLE = "MINDVIDEO_API_KEY"  # as in the snippets below

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


def describe(base_url: str, model: str, inputs: Any, *, key: str) -> HttpRequest:
    """Return the request that submits a task, without the API key.

    key  idempotency key
    """
    return HttpRequest(
        method="POST",
        url=f"{api_of(base_url)}/tasks",
        headers={
            "Authorization": f"Bearer ${KEY_VARIABLE}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        },
        body={"model": model, "input": inputs},
    )


def write_programs(
    base_url: str, model: str, inputs: Any, *, has_files: bool
) -> tuple[Program, ...]:
    """Return a request in each language.

    has_files  whether the inputs have placeholders for links to files
    """
    request, api = {"model": model, "input": inputs}, api_of(base_url)
    curl = write_curl(api, request, has_files=has_files)
    python = write_python(api, request, has_files=has_files)
    javascript = write_javascript(api, request, has_files=has_files)
    return (
        Program(name="curl", title="curl", text=curl),
        Program(name="python", title="Python", text=python),
        Program(name="javascript", title="JavaScript", text=javascript),
    )


def api_of(base_url: str) -> str:
    return base_url.rstrip("/") + "/api/v1"


def write_curl(api: str, request: Any, *, has_files: bool) -> str:
    """Return the snippet for a shell.

    It is a quoted here-document, so that nothing is expanded and interactive zsh accepts comments.
    Some shells expand "!" (history) even there, so it contains none.
    """
    text = write_json(request).replace("!", r"\u0021")
    return fill_program(
        CURL, api=shlex.quote(api), request=text, files=comment("# ", has_files=has_files)
    )


def write_python(api: str, request: Any, *, has_files: bool) -> str:
    literal = write_python_literal(request)
    files = comment("# ", has_files=has_files)
    return fill_program(PYTHON, api=write_python_literal(api), request=literal, files=files)


def write_javascript(api: str, request: Any, *, has_files: bool) -> str:
    files = comment("// ", has_files=has_files)
    body = write_javascript_body(request)
    return fill_program(JAVASCRIPT, api=write_json(api), request=body, files=files)
