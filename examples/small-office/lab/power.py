"""Switching the machines on: their daemons are started, and waited for."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING

from lab.catalogue import DAEMONS
from lab.commands import run
from lab.errors import LabError
from lab.wiring import namespace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lab.company import Machine

_UNSHARE = ("unshare", "--uts", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


def switch_on(machines: tuple[Machine, ...], lab: Path, folder: Path) -> None:
    """Start every machine's daemons; return when all of their TCP ports are open.

    `lab` holds ``machine.sh`` and ``daemons/``; `folder` is the lab's scratch folder.
    Raises `LabError` with the end of the daemon's log when a port stays closed.
    """
    (folder / "hosts").write_text(hosts_file(machines), encoding="ascii")
    for machine in machines:
        _start(machine, lab, folder)
    for machine in machines:
        _wait_for_ports(machine, folder)


def hosts_file(machines: tuple[Machine, ...]) -> str:
    """The office's zone, forward and reverse: one line for each address."""
    return "".join(f"{address}\t{machine.fqdn}\n" for machine in machines for address in _addresses(machine))


def _addresses(machine: Machine) -> Iterator[str]:
    for port in machine.ports:
        yield port.ipv4
        if port.ipv6 is not None:
            yield port.ipv6


def _start(machine: Machine, lab: Path, folder: Path) -> None:
    own = folder / machine.name
    own.mkdir()
    # The daemons that drop root must still read their own configuration.
    own.chmod(0o755)
    environment = os.environ | {
        "LC_ALL": "C",
        "LAB": str(lab),
        "DIR": str(own),
        "FQDN": machine.fqdn,
        "DAEMONS": " ".join(machine.daemons),
    }
    enter = ("ip", "netns", "exec", namespace(machine.name), *_UNSHARE)
    # The command is this package's own, and `ip` is found as `lab.commands` finds it.
    subprocess.Popen(
        (*enter, "sh", str(lab / "machine.sh")),
        env=environment,
        stdin=subprocess.DEVNULL,
        # Ctrl-C is for this script, which then switches the machines off in order.
        start_new_session=True,
    )


def _wait_for_ports(machine: Machine, folder: Path, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    for name in machine.daemons:
        for port in DAEMONS[name].tcp_ports:
            while not _listens(machine, port):
                if time.monotonic() > deadline:
                    raise LabError(_silence(machine, name, port, folder))
                time.sleep(0.2)


def _listens(machine: Machine, port: int) -> bool:
    listed = run("ip", "netns", "exec", namespace(machine.name), "ss", "-Hltn", f"sport = :{port}")
    # A daemon that could not find its own address may listen to its own machine only.
    addresses = [line.split()[3] for line in listed.splitlines()]
    return any(not address.startswith(("127.", "[::1]")) for address in addresses)


def _silence(machine: Machine, daemon: str, port: int, folder: Path) -> str:
    log = folder / machine.name / f"{daemon}.log"
    words = log.read_text(errors="replace")[-600:].strip() if log.exists() else "(no log)"
    return f"{daemon} on {machine.name} does not open TCP port {port}; its log ends:\n{words}"
