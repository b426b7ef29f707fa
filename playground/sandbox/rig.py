"""The API with faults: records every request, and injects the faults set by /control/."""

import json
import time
from dataclasses import dataclass

from playground.sandbox import control
from playground.sandbox.answers import Answer
from playground.sandbox.api import Api
from playground.sandbox.calls import Call, Seam
from playground.sandbox.faults import Fault
from playground.sandbox.spoilers import AFTER, INSTEAD, LOOP, redirect_to
from playground.sandbox.switches import Switches, verdict_of
from playground.sandbox.tasks import Status

ENDINGS = ("failed", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """Answers requests if the sandbox was started with --control."""

    api: Api
    switches: Switches

    def answer(self, call: Call) -> Answer:
        """Answer one request, with at most one fault."""
        if call.path == "/healthz":
            return self.api.answer(call)
        if call.path.startswith("/control/"):
            return control.answer(call, self.switches)
        if call.path == LOOP:
            return redirect_to(f"{call.base}{LOOP}")
        request = self.switches.record(call)
        had_succeeded = self.has_succeeded(call)
        fault = self.switches.take_fault(call, succeeded=had_succeeded)
        answer = self.spoiled(call, fault) if fault else self.api.answer(call)
        if fault is None and not had_succeeded and self.has_succeeded(call):  # just now
            fault = self.switches.take_fault(call, succeeded=True)
            answer = self.spoiled(call, fault) if fault else answer
        status = 0 if answer.hang_up else answer.status
        self.switches.record_answer(request, status, fault.kind if fault else None)
        return answer

    def has_succeeded(self, call: Call) -> bool:
        task = self.api.store.find_task(call.task) if call.task else None
        return task is not None and task.status_at(time.time()) is Status.SUCCEEDED

    def spoiled(self, call: Call, fault: Fault) -> Answer:
        if fault.kind in INSTEAD:
            return INSTEAD[fault.kind](fault, call)
        if fault.kind in ENDINGS:
            return self.ended(call, fault)
        if fault.kind == "slow_before":
            time.sleep(fault.seconds)
            return self.api.answer(call)
        return AFTER[fault.kind](fault, self.api.answer(call))

    def ended(self, call: Call, fault: Fault) -> Answer:
        """End a task by a fault: after its durations on submit, immediately on a status request."""
        if call.route and call.route.seam is Seam.STATUS:
            self.switches.overrule(call.task or "", verdict_of(fault, time.time()))
            return self.api.answer(call)
        answer = self.api.answer(call)
        if answer.status == 200 and isinstance(answer.body, bytes):  # noqa: PLR2004 - it was accepted
            task = self.api.store.find_task(json.loads(answer.body)["task_id"])
            if task is not None:
                self.switches.overrule(task.id, verdict_of(fault, task.due_at))
        return answer
