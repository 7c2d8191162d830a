"""All that reading a file needs to know, wherever it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from cmdb.inventory.compiled import CompiledModel, NetworkScope
from cmdb.inventory.importer import Source
from cmdb.inventory.loading import load_importer
from cmdb.inventory.prepare import Preparer
from cmdb.inventory.stream import Chunks
from cmdb.model.types import Model


@dataclass(frozen=True, slots=True)
class Assignment:
    """What is to be read, and how; see `Source` and `RunOptions`. `place` is where the importer is loaded from."""

    importer: str
    place: str
    name: str
    read_at: str
    options: dict[str, str]
    model: Model
    where: NetworkScope
    latest: str
    items: int
    relationships: int

    def chunks(self, stream: BinaryIO, model: CompiledModel, *, soon: bool = False) -> Chunks:
        """The chunks of a file, read in this process; `model` is the assignment's, compiled.

        `soon` has the first ones smaller; see `Chunks`.

        Raises:
            BrokenImporterError: it cannot be loaded.
        """
        source = Source(self.name, stream, self.read_at, self.options)
        preparer = Preparer(model, self.where, self.latest)
        observed = load_importer(self.importer, self.place).read(source)
        return Chunks(observed, preparer, self.items, self.relationships, soon=soon)
