"""Fingerprints and banners say what a host is, where they are sure enough."""

from __future__ import annotations

import pytest

from cmdb.inventory.observation import ObservedItem
from tests.unit.importers.nmap.scans import host, port, ports, read_scan


def osclass(kind: str, accuracy: int, family: str = "Linux", cpe: str = "") -> str:
    """A class of systems, as nmap writes it."""
    attributes = f'type="{kind}" vendor="Maker" osfamily="{family}" osgen="2.6.X" accuracy="{accuracy}"'
    return f"<osclass {attributes}>{f'<cpe>{cpe}</cpe>' if cpe else ''}</osclass>"


def match(name: str, accuracy: int, *classes: str) -> str:
    """A guess, with its classes inside as since nmap 6."""
    return f'<osmatch name="{name}" accuracy="{accuracy}" line="1">{"".join(classes)}</osmatch>'


def first_item(inside: str) -> ObservedItem:
    """The host item of a scan of one host."""
    return read_scan(host(inside)).observations[0].items[0]


def test_the_most_accurate_guess_describes_the_system() -> None:
    """Name, family, version, vendor, accuracy and CPE names are those of the best match."""
    guesses = match("Lesser", 91, osclass("general purpose", 91)) + match(
        "Linux 2.6.32", 97, osclass("general purpose", 97, cpe="cpe:/o:linux:linux_kernel:2.6.32")
    )

    found = first_item(f"<os>{guesses}</os>").attributes

    assert "Linux 2.6.32" == found["os_name"]
    assert ("Linux", "2.6.X", "Maker") == (found["os_family"], found["os_version"], found["os_vendor"])
    assert 97 == found["os_accuracy"]
    assert ["cpe:/o:linux:linux_kernel:2.6.32"] == found["os_cpes"]
    assert "general purpose" == found["device_type"]


def test_classes_beside_the_matches_are_understood() -> None:
    """Before nmap 6 they were siblings."""
    found = first_item(f"<os>{osclass('router', 100, 'IOS')}{match('Cisco IOS 12.4', 100)}</os>")

    assert "Router" == found.class_name
    assert "IOS" == found.attributes["os_family"]


@pytest.mark.parametrize(
    ("kind", "class_name"),
    [
        ("broadband router", "Router"),
        ("router", "Router"),
        ("switch", "Switch"),
        ("firewall", "Firewall"),
        ("WAP", "WirelessAccessPoint"),
        ("load balancer", "LoadBalancer"),
        ("printer", "Printer"),
        ("storage-misc", "StorageDevice"),
        ("phone", "MobileDevice"),
        ("VoIP phone", "IPPhone"),
        ("webcam", "IPCamera"),
        ("remote management", "RemoteManagementController"),
        ("media device", "MediaDevice"),
        ("general purpose", "Host"),
        ("bridge", "Host"),
        ("never heard of", "Host"),
    ],
)
def test_a_sure_fingerprint_of_a_kind_of_device_refines_the_class(kind: str, class_name: str) -> None:
    """A general-purpose system stays a Host: a scan cannot tell a server from a workstation."""
    assert class_name == first_item(f"<os>{match('Guess', 98, osclass(kind, 98))}</os>").class_name


def test_a_fingerprint_of_a_hypervisor_is_told_by_its_family() -> None:
    """Nmap calls ESXi `specialized`."""
    assert (
        "Hypervisor"
        == first_item(f"<os>{match('ESXi', 96, osclass('specialized', 96, 'ESXi'))}</os>").class_name
    )


def test_a_guess_below_the_trusted_accuracy_does_not_refine_the_class() -> None:
    """At 89 percent it may be anything."""
    found = first_item(f"<os>{match('Guess', 89, osclass('printer', 89))}</os>")

    assert "Host" == found.class_name
    assert "printer" == found.attributes["device_type"]


def test_guesses_of_the_same_accuracy_that_disagree_do_not_refine_the_class() -> None:
    """A telephone and a general-purpose system with the same network code are not to be told apart."""
    one, other = match("A", 100, osclass("phone", 100)), match("B", 100, osclass("general purpose", 100))

    assert "Host" == first_item(f"<os>{one}{other}</os>").class_name


def test_banners_of_one_mind_refine_the_class_where_the_fingerprint_says_nothing() -> None:
    """A probed service often knows what it runs on."""
    service = '<service name="jetdirect" devicetype="printer" conf="10" method="probed"/>'

    found = first_item(ports(port(9100, service)))

    assert "Printer" == found.class_name
    assert "printer" == found.attributes["device_type"]


@pytest.mark.parametrize(
    "services",
    [
        ('<service name="a" devicetype="printer" conf="3"/>',),
        (
            '<service name="a" devicetype="printer" conf="10"/>',
            '<service name="b" devicetype="router" conf="10"/>',
        ),
    ],
)
def test_banners_that_are_unsure_or_disagree_do_not_refine_the_class(services: tuple[str, ...]) -> None:
    """Forwarded ports answer for several machines."""
    numbered = [port(1000 + index, service) for index, service in enumerate(services)]

    assert "Host" == first_item(ports(*numbered)).class_name


def test_a_sure_fingerprint_outweighs_banners() -> None:
    """A honeypot on a general-purpose system says it is a storage box."""
    os = f"<os>{match('Linux', 100, osclass('general purpose', 100))}</os>"

    assert (
        "Host"
        == first_item(ports(port(21, '<service devicetype="storage-misc" conf="10"/>')) + os).class_name
    )
