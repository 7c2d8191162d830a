"""The operating system and the kind of device that nmap guesses from fingerprints and banners."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cmdb_importers.nmap.parser import Element

TRUSTED_ACCURACY = 90
"""From this accuracy (percent) on, a fingerprint may say what kind of device a host is."""

TRUSTED_CONFIDENCE = 7
"""From this confidence (0 to 10) on, a banner may say so: nmap gives 10 to probed services and 3 to port numbers."""

# nmap's device types (nmap.org/book/osdetect-device-types.html) that name one class for certain. `bridge`, `hub`
# and `specialized` are left out: VirtualBox, QEMU and ESX answer to them.
_CLASSES = {
    "broadband router": "Router",
    "firewall": "Firewall",
    "load balancer": "LoadBalancer",
    "media device": "MediaDevice",
    "pda": "MobileDevice",
    "phone": "MobileDevice",
    "printer": "Printer",
    "remote management": "RemoteManagementController",
    "router": "Router",
    "storage-misc": "StorageDevice",
    "switch": "Switch",
    "voip phone": "IPPhone",
    "wap": "WirelessAccessPoint",
    "webcam": "IPCamera",
}
_HYPERVISOR_FAMILIES = frozenset(["esx server", "esxi"])


@dataclass(frozen=True, slots=True)
class System:
    """The best guess. `class_name` is Host where the guess names no single kind of device for certain."""

    class_name: str = "Host"
    device_type: str = ""
    os_name: str = ""
    os_family: str = ""
    os_version: str = ""
    os_vendor: str = ""
    accuracy: int | None = None
    cpes: tuple[str, ...] = ()


def read_system(os: Element | None, services: Iterable[Element]) -> System:
    """From the `os` element and the `service` elements of open ports.

    A general-purpose system stays a Host: a scan cannot tell a server from a workstation. The fingerprint
    decides; where it is not sure enough to say anything, the banners do; each only when of one mind.
    """
    match, classes = _best(os)
    accuracy = _accuracy(match) if match is not None else max(map(_accuracy, classes), default=None)
    kinds = _sure_kinds(os, accuracy)
    banner = (
        ""
        if kinds
        else _one({_device(s) for s in services if _number(s.get("conf")) >= TRUSTED_CONFIDENCE} - {""})
    )
    first = classes[0] if classes else None
    return System(
        class_name=_one(kinds) or _CLASSES.get(banner) or "Host",
        device_type=banner or (first.get("type") if first is not None else ""),
        os_name=match.get("name") if match is not None else "",
        os_family=first.get("osfamily") if first is not None else "",
        os_version=first.get("osgen") if first is not None else "",
        os_vendor=first.get("vendor") if first is not None else "",
        accuracy=accuracy,
        cpes=tuple(dict.fromkeys(cpe.text.strip() for osclass in classes for cpe in osclass.all("cpe"))),
    )


def _best(os: Element | None) -> tuple[Element | None, list[Element]]:
    """The best match with its classes, best class first; before nmap 6 classes stood beside the matches."""
    if os is None:
        return None, []
    matches = os.all("osmatch")
    match = max(matches, key=_accuracy) if matches else None
    classes = (match.all("osclass") if match is not None else []) or os.all("osclass")
    return match, sorted(classes, key=_accuracy, reverse=True)


def _sure_kinds(os: Element | None, accuracy: int | None) -> set[str]:
    """The classes that guesses of the best accuracy name; empty where that accuracy is too low to be trusted."""
    if os is None or accuracy is None or accuracy < TRUSTED_ACCURACY:
        return set()
    matches = [match for match in os.all("osmatch") if _accuracy(match) == accuracy]
    classes = [osclass for match in matches for osclass in match.all("osclass")] or os.all("osclass")
    return {_class_of(osclass) for osclass in classes if _accuracy(osclass) == accuracy}


def _class_of(osclass: Element) -> str:
    if osclass.get("osfamily").lower() in _HYPERVISOR_FAMILIES:
        return "Hypervisor"
    return _CLASSES.get(osclass.get("type").lower(), "Host")


def _device(service: Element) -> str:
    return service.get("devicetype").strip().lower()


def _accuracy(element: Element) -> int:
    return _number(element.get("accuracy"))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _one(values: set[str]) -> str:
    return next(iter(values)) if len(values) == 1 else ""
