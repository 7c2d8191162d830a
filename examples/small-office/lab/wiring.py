"""Network namespaces, cables and switches (iproute2).

Every namespace of the lab starts with `PREFIX`. The switches (bridges) are in a namespace
too, so nothing of the lab is ever seen among the interfaces of the machine it runs on.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time

from lab.commands import run
from lab.company import PREFIX_LENGTH, Machine, Port
from lab.errors import LabError

PREFIX = "small-office-"
_SWITCHES = f"{PREFIX}switches"
_IPV6_PREFIX_LENGTH = 64


def namespace(machine: str) -> str:
    """The name of the network namespace that is this machine."""
    return PREFIX + machine


def build(machines: tuple[Machine, ...]) -> None:
    """Create the switches, and every machine with its ports, addresses and routes."""
    run("ip", "netns", "add", _SWITCHES)
    for network in PREFIX_LENGTH:
        _in(_SWITCHES, "link", "add", network, "type", "bridge", "stp_state", "0")
        _in(_SWITCHES, "link", "set", network, "up")
    for machine in machines:
        _add_machine(machine)


def remove() -> None:
    """Take down whatever there is of the lab, whole or in part; nothing there is fine."""
    names = _existing()
    for name in names:
        _end_processes(name)
    for name in names:
        run("ip", "netns", "del", name)


def _existing() -> list[str]:
    listed = [line.split()[0] for line in run("ip", "netns", "list").splitlines() if line]
    return [name for name in listed if name.startswith(PREFIX)]


def _end_processes(name: str, seconds: float = 10.0) -> None:
    """Kill what lives in a namespace of the lab and wait until it is gone."""
    deadline = time.monotonic() + seconds
    while pids := run("ip", "netns", "pids", name).split():
        if time.monotonic() > deadline:
            raise LabError(f"processes {', '.join(pids)} of {name} do not end; end them by hand")
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        time.sleep(0.05)


def _add_machine(machine: Machine) -> None:
    name = namespace(machine.name)
    run("ip", "netns", "add", name)
    _in(name, "link", "set", "lo", "up")
    for number, port in enumerate(machine.ports):
        _plug_in(machine, f"eth{number}", port)
    for route in machine.routes:
        _in(name, "route", "add", route.destination, "via", route.via)
    if machine.forwards:
        _set(name, "net.ipv4.ip_forward", "1")
        _set(name, "net.ipv6.conf.all.forwarding", "1")
    # Linux answers one closed UDP port a second; the scan would wait for each of them.
    _set(name, "net.ipv4.icmp_ratelimit", "0")
    _set(name, "net.ipv6.icmp.ratelimit", "0")


def _plug_in(machine: Machine, interface: str, port: Port) -> None:
    name = namespace(machine.name)
    # The switch's end is named by the MAC: a machine's name may pass the 15 characters allowed.
    socket = port.mac.replace(":", "")
    peer = ("peer", "name", interface, "netns", name, "address", port.mac)
    _in(_SWITCHES, "link", "add", socket, "type", "veth", *peer)
    _in(_SWITCHES, "link", "set", socket, "master", port.network, "up")
    length = PREFIX_LENGTH[port.network]
    _in(name, "addr", "add", f"{port.ipv4}/{length}", "dev", interface)
    if port.ipv6 is not None:
        address = f"{port.ipv6}/{_IPV6_PREFIX_LENGTH}"
        # Without duplicate detection the address can be used at once.
        _in(name, "addr", "add", address, "dev", interface, "nodad")
    _in(name, "link", "set", interface, "up")


def _in(name: str, *arguments: str) -> None:
    run("ip", "-n", name, *arguments)


def _set(name: str, key: str, value: str) -> None:
    path = "/proc/sys/" + key.replace(".", "/")
    run("ip", "netns", "exec", name, "sh", "-c", f'echo "{value}" >"{path}"')
