"""A supervisor that also reports when one of its processes dies.

    python -m playground.supervision CONFIGURATION DESCRIPTOR

A report is a line with the process's name, written to the pipe DESCRIPTOR until its reader closes
it. The exit code is 1 if a process died while the pipe was open, else 0.
"""

import contextlib
import os
import signal
import sys
from typing import Any

from supervisor import events
from supervisor.medusa import asyncore_25 as asyncore
from supervisor.options import ServerOptions
from supervisor.supervisord import Supervisor

STOPPING = {signal.SIGINT, signal.SIGTERM}
DEATHS = (
    events.ProcessStateExitedEvent,
    events.ProcessStateBackoffEvent,  # it exited within its first second
    events.ProcessStateFatalEvent,
)


class ReportingSupervisor(Supervisor):  # type: ignore[misc]  # supervisor has no types
    """A supervisor that writes the names of died processes to a pipe."""

    def __init__(self, options: ServerOptions, pipe: int) -> None:
        super().__init__(options)
        self.pipe = pipe
        self.is_read = True
        self.exit_code = 0

    def runforever(self) -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)  # they were blocked by the parent
        # Not earlier: `run`, which calls this, clears all subscriptions.
        events.subscribe(events.ProcessStateEvent, self.report)
        super().runforever()

    def report(self, event: Any) -> None:
        if not isinstance(event, DEATHS) or not self.is_read:
            return
        try:
            os.write(self.pipe, f"{event.process.config.name}\n".encode())
        except BrokenPipeError:  # the reader has ended, because everything was ready
            self.is_read = False
        else:
            self.exit_code = 1


def run_supervisor(configuration: str, pipe: str) -> int:
    options = ServerOptions()
    options.realize(["-c", configuration])
    options.first, options.test = True, False
    supervisor = ReportingSupervisor(options, int(pipe))
    with contextlib.suppress(asyncore.ExitNow):  # every process has stopped
        supervisor.main()
    options.close_httpservers()
    options.close_logger()
    return supervisor.exit_code


if __name__ == "__main__":
    sys.exit(run_supervisor(*sys.argv[1:]))
