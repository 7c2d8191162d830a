#!/usr/bin/env python3
"""Build the small office's network, scan it with nmap, and take it down again.

    sudo python3 examples/small-office/scan.py [--round first|later] [--output FOLDER]

Linux and root only: the network is made of Linux network namespaces, with real daemons in
them. Only Python's standard library and the Debian packages named in
docs/guide/example-network.md are needed.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lab import nmap, power, wiring
from lab.catalogue import DAEMONS, TOOLS
from lab.company import machines
from lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

HERE = Path(__file__).resolve().parent
_SCRATCH = "cmdb-small-office-"
_LOCK = Path("/run/lock/cmdb-small-office")
_SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")


def main() -> int:
    """Run the command; the exit code is 1 when the lab could not be built or scanned."""
    options = _options()
    # Debian's users have no sbin in their PATH, and sudo may keep theirs.
    os.environ["PATH"] = os.pathsep.join((os.environ.get("PATH", ""), *_SYSTEM_FOLDERS))
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        _check_machine()
        with _alone():
            _clean()
            if not options.clean:
                _scan(options)
    except LabError as error:
        sys.stderr.write(f"scan.py: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("scan.py: interrupted; the network was taken down\n")
        return 130
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--round", choices=("first", "later"), default="first")
    parser.add_argument("--output", type=Path, default=HERE, help="folder for the XML files")
    parser.add_argument("--clean", action="store_true", help="only take down what is left over")
    return parser.parse_args()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _check_machine() -> None:
    if sys.platform != "linux":
        raise LabError(f"network namespaces are Linux's; this is {sys.platform}")
    if os.geteuid() != 0:
        raise LabError("only root may create network namespaces; run it with sudo")
    wanted = TOOLS | {daemon.program: daemon.package for daemon in DAEMONS.values()}
    missing = {package for program, package in wanted.items() if not shutil.which(program)}
    if missing:
        packages = " ".join(sorted(missing))
        raise LabError(f"programs are missing; on Debian or Ubuntu: apt-get install {packages}")


@contextmanager
def _alone() -> Iterator[None]:
    """Two runs at a time would take down each other's network."""
    _LOCK.parent.mkdir(exist_ok=True)
    with _LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LabError("another run is under way; wait until it has ended") from None
        yield


def _clean() -> None:
    """Take down the network, of this run or left over from a killed one, and its scratch folders."""
    wiring.remove()
    for folder in Path(tempfile.gettempdir()).glob(f"{_SCRATCH}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _scan(options: argparse.Namespace) -> None:
    estate = machines(options.round)
    folder = Path(tempfile.mkdtemp(prefix=_SCRATCH))
    folder.chmod(0o755)
    try:
        _say(f"building {len(estate)} machines")
        wiring.build(estate)
        power.switch_on(estate, HERE / "lab", folder)
        _say("scanning over IPv4")
        results = [nmap.scan_ipv4(folder, _file(options.round, ""))]
        if options.round == "first":
            _say("scanning over IPv6")
            results.append(nmap.scan_ipv6(folder, _file(options.round, "-ipv6"), estate))
        for result in results:
            shutil.copyfile(result, options.output / result.name)
            _say(f"wrote {options.output / result.name}")
    finally:
        _clean()


def _file(round_: str, kind: str) -> str:
    return f"office-scan{kind}.xml" if round_ == "first" else f"office-scan{kind}-later.xml"


def _say(words: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
