"""What a text attribute's format asks of it: each function gives the normal form or says why there is none."""

from __future__ import annotations

import ipaddress
import re
import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from cmdb.model.types import Format

_MAC = re.compile(r"[0-9a-f]{12}")
_MAC_SEPARATORS = re.compile(r"[:.\-]")
_FQDN_LABEL = re.compile(r"[^\W](?:[\w-]{0,61}[^\W_])?|_[\w-]{1,62}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_CPE = re.compile(r"cpe:(?:/[aho]:|2\.3:[aho*-]:)\S+", re.IGNORECASE)


def normal_form(text_format: Format, text: str) -> str:
    """The one way of writing this value; the same thing written in two ways comes out the same.

    Raises:
        ValueError: it is no value of that format; the message completes "… is ".
    """
    stripped = text.strip()
    return _NORMAL_FORMS[text_format](stripped) if text_format in _NORMAL_FORMS else text


def _mac(text: str) -> str:
    digits = _MAC_SEPARATORS.sub("", text.lower())
    if not _MAC.fullmatch(digits):
        raise ValueError("not a MAC address, e.g. 00:1b:54:aa:00:01")
    return ":".join(digits[start : start + 2] for start in range(0, 12, 2))


def _fqdn(text: str) -> str:
    name = text.lower().rstrip(".")
    labels = name.split(".")
    if len(name) > 253 or not all(_FQDN_LABEL.fullmatch(label) for label in labels):
        raise ValueError("not a host name, e.g. printer.example.org")
    return name


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise ValueError("not a UUID, e.g. 4c4c4544-0042-3510-8056-b4c04f4d3332") from None


def _ip(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise ValueError("not an IP address, e.g. 192.0.2.7 or 2001:db8::7") from None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return f"::ffff:{address.ipv4_mapped}"  # RFC 5952 section 5; str() does so from Python 3.13 on
    return str(address)


def _cidr(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        raise ValueError("not an IP network, e.g. 192.0.2.0/24 or 2001:db8::/32") from None


def _cpe(text: str) -> str:
    if not _CPE.fullmatch(text):
        raise ValueError("not a CPE name, e.g. cpe:/a:openbsd:openssh:9.6")
    return text


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise ValueError("not an e-mail address, e.g. desk@example.org")
    return text


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        raise ValueError("not a URL, e.g. https://example.org/wiki") from None
    if not parts.scheme or not (parts.netloc or parts.path) or any(map(str.isspace, text)):
        raise ValueError("not a URL, e.g. https://example.org/wiki")
    return text


_NORMAL_FORMS: Mapping[Format, Callable[[str], str]] = MappingProxyType(
    {
        Format.SERIAL: str,
        Format.MAC: _mac,
        Format.FQDN: _fqdn,
        Format.UUID: _uuid,
        Format.IP: _ip,
        Format.CIDR: _cidr,
        Format.CPE: _cpe,
        Format.EMAIL: _email,
        Format.URL: _url,
    }
)
