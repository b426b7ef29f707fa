"""A simulator of the MindVideo API over HTTP, for the demo and for tests.

It imports nothing of the rest of the project, and nothing imports it; programs start
`python -m playground.sandbox --port N --data DIR [--seconds 6] [--api-key KEY ...] [--control]`.
It implements the documented contract (read 2026-11-22): tasks, events, API keys, idempotency keys,
prices; and draws real pictures. All state is in DIR, so that a killed process loses nothing.

It has the schema of the first model. Requests to other models describe the model; the sandbox draws
pictures or makes a video from their inputs (see any_model.py).

Where the documentation is silent, the sandbox decides: an error is
`{"error": {"code", "message", "fields"?: {JSON Pointer: message}}}`; an estimate is the price of
the maximum number of pictures; a grouped task with fewer costs less in the end; a failed or
cancelled one costs nothing; result URLs expire after one to two hours, and each request for the
task makes new ones.

The control protocol, open with --control only
----------------------------------------------

All but the ledger are POSTs of a JSON object, answered with `{"done": true}`, or with 400 and a
message if the request is invalid.

/control/durations  {"queued": seconds, "processing": seconds} for all tasks from now on; with
                    "count": N for the next N, with "task": ID for that one at once. Instead of
                    seconds [least, most]: drawn for each task, the same ones for the same "seed"
/control/faults     {"seam", "kind", "count": 1, "task": ID, options}: the next `count` calls at
                    the seam "submit", "status", "events" or "file" (those about the task, if one is
                    named) go wrong. Which kinds there are, where each is legal, its options and
                    whether it waits for a task that has succeeded: see faults.py.
                    Kinds `*_after`, and those that spoil an answer, do what was asked first: a
                    submitted task exists then and is charged. `slow_before` does so too, but late.
                    `failed` and `cancelled` last: the task ends so for good, and costs nothing. A
                    call meets one fault at most
/control/mend       {}: no more of the faults that are left
/control/keys       {"key": KEY, "enabled": true}: make, disable or enable an API key
/control/links      {"seconds": N}: how long result links hold; 0 makes only expired ones
/control/pictures   {"longest_side": pixels}: draw smaller ones from now on; drawing is what costs
                    most here, and a test of a thousand tasks does well with 256
/control/reset      {}: forget everything but the keys given at the start
/control/ledger     GET: {"charges": [{"task", "amount", "at"}], "tasks": [{"task", "status",
                    "key", "input", "submitted", "ended", "looks"}], "requests": [{"method",
                    "path", "key", "at", "status", "fault"}]}, oldest first. "ended" is when a
                    client could first see the end, or null; "looks" counts the requests for the
                    task's status, spoiled ones too. A status of 0 is a reset connection, null is
                    still being answered
"""
