"""Which values tell CIs apart, and how far: a placeholder serial nowhere, a private address in its network only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID

from cmdb.kernel.values import Value
from cmdb.model.types import Format


class Reach(IntEnum):
    """Among which CIs a value is unique: none, those of one parent, of one source's scope, of one scope, all."""

    NOWHERE = 0
    WITHIN = 1
    SOURCE = 2
    SCOPE = 3
    EVERYWHERE = 4


Telling: TypeAlias = Callable[[str], tuple[Reach, str]]
"""From a value in normal form to its reach, and the form in which equal things compare equal."""

_PLACEHOLDER_SERIALS = frozenset(
    {
        "", "NONE", "N/A", "NA", "NULL", "NIL", "UNKNOWN", "UNDEFINED", "INVALID", "EMPTY", "DEFAULT", "TEST",
        "DEFAULT STRING", "TO BE FILLED BY O.E.M.", "TO BE FILLED BY O.E.M", "TO BE FILLED BY OEM", "O.E.M.",
        "OEM", "SYSTEM SERIAL NUMBER", "SYS-1234567890", "SYSTEM_SERIAL_NUMBER", "CHASSIS SERIAL NUMBER",
        "BASE BOARD SERIAL NUMBER", "BOARD SERIAL NUMBER", "SERIAL NUMBER", "SERIAL", "SERNUM0", "SN",
        "NOT SPECIFIED", "NOT AVAILABLE", "NOT APPLICABLE", "NOT PRESENT", "NO SERIAL", "NOASSETTAG",
        "NO ASSET TAG", "ASSET-1234567890", "ASSET TAG", "0123456789", "123456789", "1234567890", "12345678",
        "1234567", "123456", "12345", "1234", "0123456789ABCDEF", "SERIALNUMBER", "TBD", "TBA", "GENERIC",
        "VIRTUAL", "VMWARE", "BOCHS", "QEMU", "CHANGEME", "(NONE)", "<NONE>", "[NONE]", "UNSPECIFIED", "FALSE",
    }
)  # fmt: skip
_PLACEHOLDER_UUIDS = frozenset(
    {
        "03000200-0400-0500-0006-000700080009", "00020003-0004-0005-0006-000700080009",
        "12345678-1234-5678-90ab-cddeefaabbcc", "78563412-3412-7856-90ab-cddeefaabbcc",
        "12345678-1234-1234-1234-123456789abc", "01234567-89ab-cdef-0123-456789abcdef",
        "00112233-4455-6677-8899-aabbccddeeff", "33221100-5544-7766-8899-aabbccddeeff",
        "ffffff00-ffff-ffff-ffff-ffffffffffff", "4c4c4544-0000-2010-8020-80c04f202020",
    }
)  # fmt: skip
_SHARED_MACS = (
    "00:00:5e:00:01:", "00:00:5e:00:02:",  # VRRP for IPv4 and IPv6 (RFC 9568, 7.3)
    "00:00:0c:07:ac:", "00:00:0c:9f:f", "00:05:73:a0:0",  # HSRP 1, HSRP 2, HSRP for IPv6
    "00:07:b4:00:",  # GLBP
    "00:50:56:c0:00:",  # VMware's host adapters: the same on every machine
    "00:53:45:00:00:00", "44:45:53:54:", "50:50:54:50:30:30",  # dial-up and tunnel adapters of Windows
    "00:05:9a:3c:7",  # a VPN client's adapter: the same on every machine
)  # fmt: skip
_OWN_NAMES = ("localhost", "127.")
_SITE_ENDINGS = (".local", ".localdomain", ".lan", ".home", ".internal", ".home.arpa", ".corp", ".intranet")


def telling(text_format: Format) -> Telling:
    """How values of this format tell CIs apart."""
    return _BY_FORMAT.get(text_format, _plain)


def same_value(text_format: Format, one: Value, other: Value) -> bool:
    """True when two spellings mean the same: a UUID in both byte orders, a serial in other case."""
    if text_format not in _SPELLINGS or not isinstance(one, str) or not isinstance(other, str):
        return one == other
    return _BY_FORMAT[text_format](one)[1] == _BY_FORMAT[text_format](other)[1]


def _plain(value: str) -> tuple[Reach, str]:
    """A name; that of the machine itself (RFC 6761) means the one that looked."""
    if value.startswith(_OWN_NAMES) or value == "::1":
        return Reach.SOURCE, value
    return Reach.EVERYWHERE, value


def _serial(value: str) -> tuple[Reach, str]:
    """Vendors leave fields of SMBIOS (DMTF DSP0134) as the board's maker filled them."""
    text = value.upper()
    distinct = set(text) - set(" -_.:/")
    placeholder = text in _PLACEHOLDER_SERIALS or len(distinct) < 2 or "O.E.M" in text
    return (Reach.NOWHERE if placeholder else Reach.EVERYWHERE), text


def _mac(value: str) -> tuple[Reach, str]:
    """EUI-48 (IEEE 802): group and locally administered addresses are bits 0 and 1 of the first octet."""
    first = int(value[1], 16)
    if first & 1 or value == "00:00:00:00:00:00":
        return Reach.NOWHERE, value
    if first & 2 or value.startswith(_SHARED_MACS):
        return Reach.WITHIN, value
    return Reach.EVERYWHERE, value


def _fqdn(value: str) -> tuple[Reach, str]:
    """`localhost` (RFC 6761) and bare names tell nothing; `.local` (RFC 6762) and the like hold in one network."""
    first, dot, rest = value.partition(".")
    if not dot or first.startswith("localhost") or value.endswith((".arpa", "localhost")):
        site = value.endswith(".home.arpa")
        return (Reach.SCOPE if site and not first.startswith("localhost") else Reach.NOWHERE), value
    if rest.startswith("localdomain") or value.endswith(_SITE_ENDINGS):
        return Reach.SCOPE, value
    return Reach.EVERYWHERE, value


def _uuid(value: str) -> tuple[Reach, str]:
    """SMBIOS stores the first three fields little-endian (DSP0134, 7.2.1) and tools disagree on showing them.

    The smaller of the two spellings stands for both.
    """
    digits = set(value) - {"-"}
    if len(digits) < 3 or value in _PLACEHOLDER_UUIDS:
        return Reach.NOWHERE, value
    swapped = str(UUID(bytes_le=UUID(value).bytes))
    return Reach.EVERYWHERE, min(value, swapped)


def _ip(value: str) -> tuple[Reach, str]:
    """Loopback (RFC 1122) means the machine that looked; link-local (RFC 3927, RFC 4291) its network."""
    if value.startswith("127.") or value == "::1":
        return Reach.SOURCE, value
    if ":" not in value:
        first = int(value.partition(".")[0])
        return (Reach.NOWHERE if first == 0 or first >= 224 else Reach.SCOPE), value
    return (Reach.NOWHERE if value == "::" or value.startswith("ff") else Reach.SCOPE), value


_BY_FORMAT: Mapping[Format, Telling] = MappingProxyType(
    {Format.SERIAL: _serial, Format.MAC: _mac, Format.FQDN: _fqdn, Format.UUID: _uuid, Format.IP: _ip}
)
_SPELLINGS = frozenset({Format.SERIAL, Format.UUID})
