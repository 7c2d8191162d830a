"""Work in processes of its own that may be killed at any moment, as a person's `kill -9` would."""

from __future__ import annotations

import asyncio
import inspect
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

KILLED = -signal.SIGKILL
FAILED = 1
HANGS_AFTER_SECONDS = 600.0
"""Long enough for a busy machine: it tells what waits for ever from what takes long."""

Say = Callable[[Any], None]
"""Tells the process that watches; what was said is heard even when the speaker is killed right after."""

# A server that has loaded the program already and forks a child in milliseconds: hundreds of processes die here.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.faults.work"])


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its exit code (negative: the signal), what it said, and its traceback if it failed."""

    code: int
    said: list[Any]
    failure: str = ""


class Running:
    """A process at work. `work` is a function of a module, given `say` and the arguments."""

    def __init__(self, work: Callable[..., Any], *arguments: Any) -> None:
        self._ear, mouth = _CONTEXT.Pipe(duplex=False)
        self._said: list[Any] = []
        self._failure = ""
        self._process = _CONTEXT.Process(target=_live, args=(mouth, work, arguments))
        self._process.start()
        mouth.close()

    def said(self, seconds: float = 60.0, at_least: int = 1) -> list[Any]:
        """All it has said so far, as soon as that is so many things or it has ended."""
        end = time.monotonic() + seconds
        while len(self._said) < at_least and time.monotonic() < end:
            if not self._hear(0.05) and not self._process.is_alive():
                break
        while self._hear(0):
            pass
        return list(self._said)

    def kill(self) -> None:
        """Kill -9."""
        self._process.kill()

    def join(self, seconds: float = HANGS_AFTER_SECONDS) -> Ended:
        """Wait for its end; a process that hangs is killed and fails the test."""
        end = time.monotonic() + seconds
        while self._process.is_alive() and time.monotonic() < end:
            ready = wait([self._ear, self._process.sentinel], timeout=0.5)
            if self._ear in ready and not self._hear(0):
                break
        while self._hear(0):
            pass
        self._process.join(max(0.0, end - time.monotonic()))
        hangs = self._process.is_alive()
        if hangs:
            self._process.kill()
            self._process.join()
        code = self._process.exitcode
        self._ear.close()
        self._process.close()
        assert not hangs, f"a process did not end within {seconds} s; it said {self._said[-3:]}"
        assert code is not None
        return Ended(code, self._said, self._failure)

    def _hear(self, seconds: float) -> bool:
        """Take in one thing that was said; False when there is none, or the speaker is gone."""
        try:
            if not self._ear.poll(seconds):
                return False
            kind, value = self._ear.recv()
        except (EOFError, OSError):
            return False
        if kind == "failure":
            self._failure = value
        else:
            self._said.append(value)
        return True


def run(work: Callable[..., Any], *arguments: Any, seconds: float = HANGS_AFTER_SECONDS) -> Ended:
    """Do the work in a process of its own and wait for its end."""
    return Running(work, *arguments).join(seconds)


def run_all(work: Callable[..., Any], arguments: Sequence[Sequence[Any]]) -> list[Ended]:
    """Do the work in as many processes at the same time, which begin together."""
    barrier = _CONTEXT.Barrier(len(arguments))
    running = [Running(_together, barrier, work, *each) for each in arguments]
    return [each.join() for each in running]


def die() -> None:
    """Kill -9 of oneself: nothing after this is done, no buffer written, no lock given back."""
    os.kill(os.getpid(), signal.SIGKILL)


def _together(say: Say, barrier: Any, work: Callable[..., Any], *arguments: Any) -> Any:
    barrier.wait(60)
    return work(say, *arguments)


def _live(mouth: Connection, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    def say(value: Any) -> None:
        mouth.send(("said", value))

    try:
        outcome = work(say, *arguments)
        if inspect.iscoroutine(outcome):
            asyncio.run(outcome)
    except SystemExit as end:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code if isinstance(end.code, int) else 0 if end.code is None else FAILED)
    except BaseException:  # noqa: BLE001  # whatever ends it is told to the test that watches
        mouth.send(("failure", traceback.format_exc()))
        os._exit(FAILED)
