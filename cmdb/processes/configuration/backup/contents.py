"""What a store, backup or copy holds: counted, hashed, and checked against itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from cmdb.graph.archive import Holding, Piece
from cmdb.graph.elements import Link
from cmdb.graph.ledger import fault_between
from cmdb.graph.revision import Head, Revision
from cmdb.processes.configuration.backup.balance import Balance
from cmdb.processes.configuration.backup.fingerprint import GraphHash
from cmdb.processes.configuration.backup.members import Members

_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are of each."""

    nodes: int = 0
    links: int = 0
    identifiers: int = 0
    sequences: int = 0
    requests: int = 0
    revisions: int = 0

    def plus(self, piece: Piece) -> Counts:
        """With those of a piece."""
        return Counts(
            self.nodes + len(piece.nodes),
            self.links + len(piece.links),
            self.identifiers + len(piece.holdings),
            self.sequences + len(piece.sequences),
            self.requests + len(piece.results),
            self.revisions + len(piece.revisions),
        )

    def as_data(self) -> dict[str, int]:
        """By name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Contents:
    """What was read: its counts, the hash of its graph, and the head of its ledger."""

    counts: Counts
    graph_hash: str
    head: Head


class ContentCheck:
    """Takes the pieces of one content in, in their order; says at the end what they come to.

    Checked are: nothing comes twice; ends of links and holders of identifiers are there; the ledger has no
    gap and its hash chain holds; nodes and links stand as the ledger says. It keeps eight bytes for each
    node, link and identifier.
    """

    def __init__(self) -> None:
        self.counts = Counts()
        self.balance = Balance()
        self._mistakes: list[str] = []
        self._hash = GraphHash()
        self._nodes, self._links, self._identifiers = Members(), Members(), Members()
        self._last = Head(0, "")
        self._newest = 0
        self._is_broken = False

    def add(self, piece: Piece) -> None:
        """Take the next piece in."""
        self.counts = self.counts.plus(piece)
        self._hash.add(piece)
        self.balance.add(piece)
        self._nodes.add(archived.node.id for archived in piece.nodes)
        self._newest = max(self._newest, *(archived.node.revision for archived in piece.nodes), 0)
        self._check_ends(piece.links)
        self._check_holders(piece.holdings)
        for revision in piece.revisions:
            self._check_revision(revision)

    def contents(self) -> Contents:
        """What was taken in."""
        return Contents(self.counts, self._hash.hexdigest(), self._last)

    def mistakes(self, head: Head) -> list[str]:
        """What is wrong with it, given the head it should have; without the differences from the ledger."""
        found = list(self._mistakes)
        for what, members in (
            ("a node", self._nodes),
            ("a link", self._links),
            ("an identifier", self._identifiers),
        ):
            if members.has_repeated():
                found.append(f"{what} is there twice")
        if self._newest > head.revision:
            found.append(f"a node is of revision {self._newest}, and the ledger ends at {head.revision}")
        if not self._is_broken and self._last != head:
            found.append(f"the ledger ends at revision {self._last.revision}, not at {head.revision}")
        return found

    def _check_ends(self, links: Sequence[Link]) -> None:
        if not links:
            return
        self._links.add(link.key for link in links)
        for ends in ([link.source for link in links], [link.target for link in links]):
            for link, end, is_known in zip(links, ends, self._nodes.known(ends), strict=True):
                if not is_known:
                    self._note(
                        f"link {link.type} from {link.source!r} to {link.target!r}: there is no node {end!r}"
                    )

    def _check_holders(self, holdings: Sequence[Holding]) -> None:
        if not holdings:
            return
        self._identifiers.add(holding.identifier for holding in holdings)
        known = self._nodes.known([holding.holder for holding in holdings])
        for holding, is_known in zip(holdings, known, strict=True):
            if not is_known:
                self._note(
                    f"identifier {holding.identifier!r} is held by {holding.holder!r}, which is not there"
                )

    def _check_revision(self, revision: Revision) -> None:
        fault = fault_between(self._last, revision)
        if fault and not self._is_broken:
            self._is_broken = True
            self._note(f"revision {revision.number}: {fault}")
        self._last = Head(revision.number, revision.hash)

    def _note(self, mistake: str) -> None:
        if len(self._mistakes) < _MOST_NAMED:
            self._mistakes.append(mistake)
