"""An importer of plain lines, as a stranger would write and install it."""

import io
from collections.abc import Sequence

from cmdb.inventory.importer import Source
from cmdb.inventory.reading import Reading
from tests.unit.inventory.estate import MONDAY

ELSEWHERE = 1
"""As a file's least size to be large: a process of its own reads it, however small it is."""

IMPORTER = """
import json, os, signal
from cmdb.inventory.importer import UnreadableSourceError
from cmdb.inventory.observation import Observation, ObservedItem, ObservedRelationship, Problem

class Lines:
    description = "Lines of `name serial`, or of a host's attributes as JSON with `at` for the time."
    options = {}

    def read(self, source):
        print("this goes to the people, not into the frames")
        for number, line in enumerate(source.stream, 1):
            words = line.decode().split()
            if words[0] == "unreadable":
                raise UnreadableSourceError("not of this kind", details={"line": number})
            if words[0] == "crash":
                raise ZeroDivisionError("of its own")
            if words[0] == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            if words[0] == "bad":
                yield Problem(f"line {number}", "ROW_SHORT", "a row is short", "Complete it.")
                continue
            if words[0].startswith("{"):
                told = json.loads(line)
                at = told.pop("at", source.read_at)
                yield Observation(f"line {number}", at, (ObservedItem("host", "Host", told),))
                continue
            name, serial = words
            host = ObservedItem("host", "Host", {"name": name, "serial_number": serial})
            port = ObservedItem("port", "Endpoint", {"name": "tcp/22", "protocol": "tcp", "port": 22})
            links = [ObservedRelationship("LISTENS_ON", "port", "host")]
            yield Observation(f"line {number}", source.read_at, (host, port), tuple(links))
"""


def reading(
    lines: Sequence[str],
    large: int | None = ELSEWHERE,
    importer: str = "lines",
    at: str = MONDAY,
    name: str = "hosts.txt",
) -> Reading:
    """A file of these lines, read at a time."""
    stream = io.BytesIO("".join(f"{line}\n" for line in lines).encode())
    return Reading(importer, Source(name, stream, at), large)
