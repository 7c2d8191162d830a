"""An estate: configuration items and their relationships, by position."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from cmdb.kernel.values import Value


@dataclass(frozen=True, slots=True)
class Item:
    """One CI. `group` is the same for CIs that a source would tell together (a host and its interfaces)."""

    class_name: str
    attributes: Mapping[str, Value]
    group: int

    @property
    def name(self) -> str:
        """Its name, unique within its class, but for interfaces and endpoints."""
        return str(self.attributes["name"])


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship between positions in `Estate.items`."""

    type: str
    source: int
    target: int
    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Estate:
    """All of it. Providers mostly stand before what depends on them, as a careful source would tell them."""

    items: tuple[Item, ...]
    relations: tuple[Relation, ...]


class Builder:
    """Collects an estate; all chance comes from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._items: list[Item] = []
        self._relations: list[Relation] = []
        self._hosts = 0

    def __len__(self) -> int:
        """How many CIs there are so far."""
        return len(self._items)

    def add(self, class_name: str, name: str, *, within: int | None = None, **attributes: Value) -> int:
        """The position of another CI; `within` is the one it is told together with."""
        group = len(self._items) if within is None else self._items[within].group
        self._items.append(Item(class_name, {"name": name, **attributes}, group))
        return len(self._items) - 1

    def add_host(
        self, class_name: str, name: str, interfaces: int, **attributes: Value
    ) -> tuple[int, list[int]]:
        """The positions of another host and of its network interfaces."""
        self._hosts += 1
        number = self._hosts
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        macs = [
            f"52:54:{port:02x}:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"
            for port in range(interfaces)
        ]
        host = self.add(
            class_name,
            name,
            within=None,
            fqdn=f"{name}.example.net",
            ip_addresses=[address],
            serial_number=f"SN{number:08d}",
            environment=self.random.choice(("production", "production", "production", "test")),
            **attributes,
        )
        ports = []
        for port, mac in enumerate(macs):
            ports.append(
                self.add("NetworkInterface", f"eth{port}", within=host, mac_address=mac, speed_mbps=10_000)
            )
            self.relate("INTERFACE_OF", ports[-1], host)
        return host, ports

    def relate(
        self, kind: str, source: int, target: int, group: str | None = None, needed: str | None = None
    ) -> None:
        """Another relationship; `group` and `needed` make it one of a redundancy group."""
        attributes: dict[str, Value] = {}
        if group is not None:
            attributes["redundancy_group"] = group
        if needed is not None:
            attributes["redundancy_needed"] = needed
        self._relations.append(Relation(kind, source, target, attributes))

    def relate_softly(self, kind: str, source: int, target: int) -> None:
        """Another relationship whose source only works less well without its target."""
        self._relations.append(Relation(kind, source, target, {"strength": "soft"}))

    def popular(self, choices: int, exponent: float) -> int:
        """A number below `choices`, small ones far more often: a heavy tail (Zipf, by inversion of Pareto)."""
        while True:
            drawn = int(self.random.paretovariate(exponent)) - 1
            if drawn < choices:
                return drawn

    def built(self) -> Estate:
        """What was collected; a relationship named twice stands once, as first named."""
        once: dict[tuple[str, int, int], Relation] = {}
        for relation in self._relations:
            once.setdefault((relation.type, relation.source, relation.target), relation)
        return Estate(tuple(self._items), tuple(once.values()))
