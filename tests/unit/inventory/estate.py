"""A small model and an engine on a store of its own, for the tests of the inventory room."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cmdb.graph.elements import Evidence, Node
from cmdb.graph.from_model import graph_schema
from cmdb.graph.query import PAGE_LIMIT, Condition, Direction, LinkQuery, NodeQuery, Operator
from cmdb.inventory.engine import InventoryEngine, RunOptions
from cmdb.inventory.observation import (
    Observation,
    ObservedItem,
    ObservedRelationship,
    Presence,
    Problem,
    Reference,
)
from cmdb.inventory.plan import RunReport
from cmdb.kernel.ids import UlidSource
from cmdb.kernel.values import Value, ValueType
from cmdb.model.types import (
    Attribute,
    Cardinality,
    CiClass,
    Format,
    IdentificationRule,
    Match,
    Model,
    Policies,
    ReconciliationPolicy,
    RelationshipType,
    RootCausePolicy,
)
from cmdb.store.embedded.store import EmbeddedStore, open_embedded
from tests.oracles.estates import RISK_POLICY

MONDAY = "2026-11-16T08:00:00.000Z"
TUESDAY = "2026-11-17T08:00:00.000Z"
WEDNESDAY = "2026-11-18T08:00:00.000Z"
A_YEAR_BEFORE = "2025-11-16T08:00:00.000Z"


class StillClock:
    """A clock that stands, until it is set."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment


def _attribute(name: str, text_format: Format = Format.PLAIN, **more: object) -> Attribute:
    return replace(Attribute(name, ValueType.STRING, format=text_format), **more)  # type: ignore[arg-type]


def _list(name: str, text_format: Format = Format.PLAIN) -> Attribute:
    return Attribute(name, ValueType.STRING_LIST, format=text_format)


_ROOT = (
    _attribute("name", required=True, searchable=True, indexed=True),
    _attribute("status", allowed=("planned", "operational", "retired"), default="operational"),
    _list("tags"),
)
_HOST = (
    _attribute("serial_number", Format.SERIAL),
    _attribute("system_uuid", Format.UUID),
    _list("mac_addresses", Format.MAC),
    _attribute("fqdn", Format.FQDN, indexed=True),
    _list("ip_addresses", Format.IP),
    _attribute("os_name"),
    Attribute("cpu_count", ValueType.INTEGER),
)
_HOST_RULES = (
    IdentificationRule("serial", ("serial_number",)),
    IdentificationRule("uuid", ("system_uuid",)),
    IdentificationRule("mac", ("mac_addresses",)),
    IdentificationRule("fqdn", ("fqdn",)),
    IdentificationRule("address", ("ip_addresses",), match=Match.WEAK, scoped=True),
)


def _class(
    name: str,
    lineage: tuple[CiClass, ...],
    attributes: tuple[Attribute, ...] = (),
    rules: tuple[IdentificationRule, ...] = (),
    *,
    abstract: bool = False,
) -> CiClass:
    parent = lineage[0] if lineage else None
    own = {each.name: each for each in attributes}
    return CiClass(
        name=name,
        plural=f"{name}s",
        description=name,
        parent=parent.name if parent else None,
        ancestors=tuple(each.name for each in lineage),
        abstract=abstract,
        attributes={**parent.attributes, **own} if parent else own,
        identification=rules or (parent.identification if parent else ()),
        identity_class=name if rules or parent is None else parent.identity_class,
    )


def _type(name: str, ends: tuple[tuple[str, str], ...], cardinality: Cardinality) -> RelationshipType:
    attributes = {"strength": _attribute("strength", allowed=("hard", "soft"))}
    return RelationshipType(
        name, name.lower(), f"{name.lower()} by", name, ends, cardinality, None, attributes
    )


def make_model(precedence: tuple[str, ...] = ("agent", "table", "nmap")) -> Model:
    """Hosts with interfaces and endpoints, racks and teams."""
    root = _class("ConfigurationItem", (), _ROOT, abstract=True)
    host = _class("Host", (root,), _HOST, _HOST_RULES)
    computer = _class("Computer", (host, root), abstract=True)
    classes = (
        root,
        host,
        computer,
        _class("Server", (computer, host, root)),
        _class("Printer", (host, root)),
        _class("Router", (host, root)),
        _class(
            "Endpoint",
            (root,),
            (_attribute("protocol", required=True), Attribute("port", ValueType.INTEGER, required=True)),
            (IdentificationRule("port", ("protocol", "port"), within="LISTENS_ON"),),
        ),
        _class(
            "Interface",
            (root,),
            (_attribute("mac_address", Format.MAC),),
            (IdentificationRule("name", ("name",), within="INTERFACE_OF"),),
        ),
        _class("Rack", (root,), (), (IdentificationRule("name", ("name",)),)),
        _class("Team", (root,), (), (IdentificationRule("name", ("name",)),)),
    )
    many, one = Cardinality.MANY_TO_MANY, Cardinality.MANY_TO_ONE
    types = (
        _type("LISTENS_ON", (("Endpoint", "Host"),), one),
        _type("INTERFACE_OF", (("Interface", "Host"),), one),
        _type("LOCATED_IN", (("Host", "Rack"),), one),
        _type("DEPENDS_ON", (("Host", "Host"),), many),
        _type("SUPPORTED_BY", (("ConfigurationItem", "Team"),), many),
    )
    return Model(
        classes={each.name: each for each in classes},
        relationship_types={each.name: each for each in types},
        record_types={},
        link_types={},
        policies=Policies(
            ReconciliationPolicy(precedence, {}, 30), RootCausePolicy({}, 0.0, 72.0), RISK_POLICY
        ),
    )


@dataclass(frozen=True, slots=True)
class Estate:
    """An engine, and looks at what it wrote."""

    store: EmbeddedStore
    engine: InventoryEngine

    async def run(
        self, *stream: Observation | Problem, source: str = "nmap", scope: str = "office", chunk: int = 2_000
    ) -> RunReport:
        """Bring observations in; they are looked at whether or not they came before."""
        return await self.engine.run(stream, RunOptions(source, scope, reread=True, chunk_items=chunk))

    async def cis(self, class_name: str = "Host") -> list[Node]:
        """All CIs of a class and its subclasses."""
        labels = tuple(
            name for name, each in make_model().classes.items() if class_name in (name, *each.ancestors)
        )
        page = await self.store.find(NodeQuery(labels, first=PAGE_LIMIT))
        return list(page.nodes)

    async def named(self, name: str) -> Node:
        """The one CI of this name."""
        labels = tuple(make_model().classes)
        page = await self.store.find(NodeQuery(labels, Condition("name", Operator.EQ, name)))
        (node,) = page.nodes
        return node

    async def evidence(self, node: Node) -> Evidence:
        """Its provenance."""
        return (await self.store.evidence([node.id]))[node.id]

    async def targets(self, node: Node, type_name: str) -> list[str]:
        """The names of the CIs it points to."""
        found = await self.store.links(LinkQuery((node.id,), Direction.OUT, (type_name,)))
        ids = [link.target for link in found.get(node.id, ())]
        return sorted(each.name for each in (await self.store.get(ids)).values())

    async def revision(self) -> int:
        """The newest revision."""
        return (await self.store.head()).revision


@asynccontextmanager
async def open_estate(folder: Path, model: Model | None = None) -> AsyncIterator[Estate]:
    """An engine on an empty store in this folder."""
    used, clock = model or make_model(), StillClock()
    store = await open_embedded(folder / "estate.db", graph_schema(used), clock)
    try:
        yield Estate(store, InventoryEngine(store, used, clock, UlidSource(clock), receipts=store))
    finally:
        await store.close()


def host(
    name: str | None = None, at: str = MONDAY, class_name: str = "Host", **attributes: Value
) -> Observation:
    """One host, alone."""
    return machine({"name": name, **attributes} if name else attributes, at, class_name)


def machine(attributes: Mapping[str, Value], at: str = MONDAY, class_name: str = "Host") -> Observation:
    """One host, alone, with these attributes."""
    position = f"host {attributes.get('name')}"
    return Observation(position, at, (ObservedItem("host", class_name, attributes),))


def gone(at: str = MONDAY, **attributes: Value) -> Observation:
    """One host that the source found gone."""
    return Observation("gone", at, (ObservedItem("host", "Host", attributes, Presence.ABSENT),))


def host_with_ports(
    attributes: Mapping[str, Value], ports: Iterable[int], at: str = MONDAY, position: str = "here"
) -> Observation:
    """One host with endpoints."""
    numbers = list(ports)
    items = [ObservedItem("host", "Host", attributes)]
    items += [
        ObservedItem(f"tcp/{port}", "Endpoint", {"name": f"tcp/{port}", "protocol": "tcp", "port": port})
        for port in numbers
    ]
    links = tuple(ObservedRelationship("LISTENS_ON", f"tcp/{port}", "host") for port in numbers)
    return Observation(position, at, tuple(items), links)


def related(
    type_name: str, source: Reference, target: Reference, position: str = "row", **attributes: Value
) -> Observation:
    """One relationship between CIs described elsewhere."""
    return Observation(position, MONDAY, (), (ObservedRelationship(type_name, source, target, attributes),))
