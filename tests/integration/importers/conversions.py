"""Data of other programs, brought into tables that the table importer reads."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Table:
    """A file for the table importer, and the options it needs."""

    name: str
    data: bytes
    options: Mapping[str, str] = field(default_factory=dict)


def mapped(name: str, header: Sequence[str], rows: Iterable[Sequence[object]], mapping: str) -> Table:
    """A CSV table with its mapping."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return Table(name, text.getvalue().encode(), {"mapping": mapping, "mapping_name": f"{name}.yaml"})


SOFTWARE = """
class: Software
attributes: {name: package, software_version: version}
ignore: [arch, section, priority, source, installed_size_kb, essential]
"""
DEPENDENCIES = """
relationship:
  type: DEPENDS_ON
  source: {class: Software, attributes: {name: package}}
  target: {class: Software, attributes: {name: target}}
"""


def debian_packages(packages: Path) -> Table:
    """The list of packages as it is: a packed table with tabs."""
    return Table("packages", packages.read_bytes(), {"mapping": SOFTWARE, "delimiter": "tab"})


def debian_edges(packages: Path, depends: Path) -> list[tuple[str, str]]:
    """Who cannot be installed without whom: Depends and Pre-Depends among packages, each pair once."""
    known = {row["package"] for row in _tab_separated(packages)}
    pairs = {
        (row["package"], row["target"]): None
        for row in _tab_separated(depends)
        if row["kind"] in {"Depends", "Pre-Depends"}
        and row["target"] in known
        and row["target"] != row["package"]
    }
    return list(pairs)


def debian_dependencies(edges: Iterable[tuple[str, str]]) -> Table:
    """The edges as a table of relationships."""
    return mapped("depends", ["package", "target"], edges, DEPENDENCIES)


def compose_services(file: Path, project: str) -> Table:
    """The services of a docker-compose file and what they depend on, as JSON Lines."""
    services = yaml.safe_load(file.read_text())["services"]
    lines: list[dict[str, object]] = [
        {"class": "Container", "name": name, "namespace": project, "image": service["image"]}
        for name, service in services.items()
    ]
    lines += [
        {
            "source_class": "Container",
            "source": name,
            "type": "DEPENDS_ON",
            "target_class": "Container",
            "target": other,
        }
        for name, service in services.items()
        for other in service.get("depends_on", ())
    ]
    return Table(project, "\n".join(map(json.dumps, lines)).encode())


class NetBox:
    """A dump of NetBox's database (Django's `dumpdata`)."""

    def __init__(self, file: Path) -> None:
        self._devices: dict[int, str] = {}
        self.objects: dict[tuple[str, Any], dict[str, Any]] = {
            (each["model"], each.get("pk")): each["fields"]
            for each in json.loads(gzip.decompress(file.read_bytes()))
        }

    def all(self, model: str) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Keys and fields of every object of a model."""
        return ((key, fields) for (name, key), fields in self.objects.items() if name == model)

    def site(self, key: int | None) -> str:
        return str(self.objects["dcim.site", key]["name"]) if key else ""

    def rack(self, key: int | None) -> str:
        """Names of racks repeat between sites."""
        rack = self.objects["dcim.rack", key] if key else None
        return f"{self.site(rack['site'])} {rack['name']}" if rack else ""

    def device(self, key: int) -> str:
        """Patch panels are named alike at every site."""
        if key not in self._devices:
            self._devices[key] = self._device(key)
        return self._devices[key]

    def _device(self, key: int) -> str:
        fields = self.objects["dcim.device", key]
        name = str(fields["name"] or f"device {key}")
        is_unique = sum(1 for _, other in self.all("dcim.device") if other["name"] == fields["name"]) == 1
        return name if is_unique else f"{self.site(fields['site'])} {name}"

    def cluster(self, key: int) -> str:
        return str(self.objects["virtualization.cluster", key]["name"])

    def machine(self, key: int) -> str:
        """Names of virtual machines repeat between clusters."""
        fields = self.objects["virtualization.virtualmachine", key]
        return f"{self.cluster(fields['cluster'])} {fields['name']}"

    def end(self, model: Sequence[str], key: int) -> tuple[str, str] | None:
        """Class and name of what a cable ends at, where that is a CI."""
        fields = self.objects[".".join(model), key]
        if list(model) == ["dcim", "interface"]:
            return "NetworkInterface", f"{self.device(fields['device'])} {fields['name']}"
        if list(model) == ["circuits", "circuittermination"]:
            return "Circuit", str(self.objects["circuits.circuit", fields["circuit"]]["cid"])
        return None


DEVICES = """
class:
  column: role
  values:
    Router: Router
    Core Switch: Switch
    Distribution Switch: Switch
    Access Switch: Switch
    ToR Switch: Switch
    Application Server: Server
    Database Server: Server
    PDU: PowerDistributionUnit
    Patch Panel: Peripheral
attributes:
  name: name
  serial_number: serial
  asset_tag: asset_tag
  manufacturer: manufacturer
  model: model
  rack_position: position
  status: {column: status, values: {active: operational, planned: planned, offline: maintenance}, others: refuse}
relationships:
  - {type: LOCATED_IN, target: {class: {column: place_class}, attributes: {name: place}}}
"""
PLACE = "relationships: [{type: LOCATED_IN, target: {class: Site, attributes: {name: site}}}]\n"
INTERFACES = """
class: NetworkInterface
attributes: {name: name, interface_type: type, enabled: enabled, mac_address: mac}
relationships:
  - {type: INTERFACE_OF, target: {class: {column: owner_class}, attributes: {name: owner}}}
"""
MACHINES = """
class: VirtualMachine
attributes: {name: name, cpu_count: vcpus, memory_mb: memory, disk_gb: disk}
relationships:
  - {type: RUNS_ON, target: {class: Cluster, attributes: {name: cluster}}}
"""


def netbox_tables(box: NetBox) -> list[Table]:
    """Sites, racks, devices, clusters, virtual machines, interfaces, circuits and cables, in an order to import in."""
    return [
        Table("sites", _single("name", (f["name"] for _, f in box.all("dcim.site"))), {"class": "Site"}),
        mapped(
            "racks",
            ["name", "site", "height"],
            [(box.rack(key), box.site(rack["site"]), rack["u_height"]) for key, rack in box.all("dcim.rack")],
            "class: Rack\nattributes: {name: name, height_units: height}\n" + PLACE,
        ),
        _devices(box),
        Table(
            "clusters",
            _single("name", (f["name"] for _, f in box.all("virtualization.cluster"))),
            {"class": "Cluster"},
        ),
        mapped(
            "machines",
            ["name", "cluster", "vcpus", "memory", "disk"],
            [
                (box.machine(key), box.cluster(vm["cluster"]), vm["vcpus"], vm["memory"], vm["disk"])
                for key, vm in box.all("virtualization.virtualmachine")
            ],
            MACHINES,
        ),
        _interfaces(box),
        Table(
            "circuits",
            _single("name", (f["cid"] for _, f in box.all("circuits.circuit"))),
            {"class": "Circuit"},
        ),
        _cables(box),
    ]


def _devices(box: NetBox) -> Table:
    header = [
        "role",
        "name",
        "serial",
        "asset_tag",
        "manufacturer",
        "model",
        "position",
        "status",
        "place_class",
        "place",
    ]
    rows = []
    for key, device in box.all("dcim.device"):
        kind = box.objects["dcim.devicetype", device["device_type"]]
        role = box.objects["dcim.devicerole", device["role"]]["name"]
        maker = box.objects["dcim.manufacturer", kind["manufacturer"]]["name"]
        place = ("Rack", box.rack(device["rack"])) if device["rack"] else ("Site", box.site(device["site"]))
        position = str(device["position"] or "").removesuffix(".0")
        units = "" if role == "Patch Panel" else position
        described = [role, box.device(key), device["serial"], device["asset_tag"], maker, kind["model"]]
        rows.append([*described, units, device["status"], *place])
    return mapped("devices", header, rows, DEVICES)


def _interfaces(box: NetBox) -> Table:
    rows = []
    for _, port in box.all("dcim.interface"):
        owner = box.device(port["device"])
        rows.append(
            [f"{owner} {port['name']}", port["type"], port["enabled"], port["mac_address"], "Host", owner]
        )
    for _, port in box.all("virtualization.vminterface"):
        owner = box.machine(port["virtual_machine"])
        rows.append(
            [f"{owner} {port['name']}", "virtual", port["enabled"], port["mac_address"], "Host", owner]
        )
    return mapped("interfaces", ["name", "type", "enabled", "mac", "owner_class", "owner"], rows, INTERFACES)


def _cables(box: NetBox) -> Table:
    ends: dict[int, list[tuple[str, str] | None]] = {}
    for _, end in box.all("dcim.cabletermination"):
        ends.setdefault(end["cable"], []).append(box.end(end["termination_type"], end["termination_id"]))
    rows = [
        [*pair[0], "CONNECTED_TO", *pair[1]]
        for pair in ends.values()
        if len(pair) == 2 and pair[0] is not None and pair[1] is not None
    ]
    header = ["source_class", "source", "type", "target_class", "target"]
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return Table("cables", text.getvalue().encode())


def _single(column: str, values: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([[column], *([value] for value in values)])
    return text.getvalue().encode()


def _tab_separated(file: Path) -> Iterator[dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
