"""Values as sources write them become values as the model wants them, or are refused in words.

What is safe to convert is converted (`"8080"` for an integer); everything else is refused. Text is brought
to Unicode's normal form C (Unicode Standard Annex 15), so that the same name typed on two systems is one name.
"""

from __future__ import annotations

import math
import re
import socket
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from ipaddress import IPv6Address
from types import MappingProxyType
from typing import TypeAlias

from cmdb.kernel.clock import InvalidInstantError, instant_text, parse_instant
from cmdb.kernel.values import Value, ValueType
from cmdb.model.check import did_you_mean
from cmdb.model.formats import normal_form
from cmdb.model.types import Attribute, Format

Normaliser: TypeAlias = Callable[[object], Value | None]
"""Gives the normal form, None for a value that says nothing, or raises UnfitValueError."""

TEXT_LIMIT = 65_536
"""Most characters of one text."""

_INTEGER_LIMIT = 1 << 63
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_CANONICAL_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_CANONICAL_FQDN = re.compile(
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+"
)
_SHORT_MAC = re.compile(r"[0-9a-f]{1,2}([:-][0-9a-f]{1,2}){5}")
_TRUE = frozenset({"true", "yes", "on", "1", "y", "t"})
_FALSE = frozenset({"false", "no", "off", "0", "n", "f"})
_LENIENT = frozenset({Format.FQDN, Format.CPE, Format.EMAIL, Format.URL})


class UnfitValueError(ValueError):
    """The value is none of this attribute; the message completes "<value> is ".

    With `lenient` the value may be left out and the rest of the observation taken in: such texts come from
    third parties (name servers, banners) and say little about the care of the source.
    """

    def __init__(self, message: str, *, lenient: bool = False) -> None:
        super().__init__(message)
        self.lenient = lenient


def normaliser(attribute: Attribute) -> Normaliser:
    """The function that brings values of this attribute to their normal form."""
    base = _text_normaliser(attribute.format) if attribute.type is ValueType.STRING else None
    if attribute.type is ValueType.STRING_LIST:
        base = _list_normaliser(_text_normaliser(attribute.format))
    plain = base or _BY_TYPE[attribute.type]
    return _allowed_normaliser(plain, attribute.allowed) if attribute.allowed else plain


def clean_text(value: str) -> str:
    """Text in normal form C without blanks around it.

    Raises:
        UnfitValueError: it holds control characters or half a surrogate pair, or is too long.
    """
    if len(value) > TEXT_LIMIT:
        raise UnfitValueError(f"a text of {len(value):,} characters; {TEXT_LIMIT:,} is the most")
    if value.isascii() and value.isprintable():
        return value.strip()
    text = value.replace("\r\n", "\n")
    found = _CONTROL.search(text)
    if found:
        raise UnfitValueError(f"a text with the control character U+{ord(found[0]):04X}")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UnfitValueError("a text with half a surrogate pair, which UTF-8 cannot hold") from None
    return unicodedata.normalize("NFC", text).strip()


def normal_mac(text: str) -> str:
    """`aa:bb:cc:dd:ee:ff` from any usual notation, also `0:1b:54:a:0:1` (BSD) and `001b.54aa.0001` (Cisco)."""
    if _CANONICAL_MAC.fullmatch(text):
        return text
    lower = text.lower()
    if _SHORT_MAC.fullmatch(lower):
        return ":".join(part.zfill(2) for part in re.split("[:-]", lower))
    return normal_form(Format.MAC, lower)


def normal_ip(text: str) -> str:
    """RFC 5952 form; IPv4-mapped IPv6 (RFC 4291, 2.5.5.2) becomes IPv4; a zone index (RFC 4007) is dropped.

    The zone names an interface of the machine that looked, and says nothing about the machine seen.
    """
    if ":" not in text:
        try:
            return socket.inet_ntoa(socket.inet_pton(socket.AF_INET, text))
        except OSError:
            return normal_form(Format.IP, text)
    address = normal_form(Format.IP, text.partition("%")[0])
    if address.startswith("::ffff:") and (mapped := IPv6Address(address).ipv4_mapped):
        return str(mapped)
    return address


def normal_uuid(text: str) -> str:
    """RFC 9562 form; braces, `urn:uuid:` and missing hyphens are understood."""
    return normal_form(Format.UUID, text.replace(" ", "").removeprefix("VMware-"))


def _text_normaliser(text_format: Format) -> Normaliser:
    form = _FORMS.get(text_format)
    if form is None:
        return _plain_text

    def formatted(value: object) -> Value | None:
        text = _plain_text(value)
        if text is None:
            return None
        try:
            return form(text)
        except UnfitValueError:
            raise
        except ValueError as error:
            raise UnfitValueError(str(error), lenient=text_format in _LENIENT) from None

    return formatted


def _list_normaliser(member: Normaliser) -> Normaliser:
    def texts(value: object) -> Value | None:
        if type(value) is list and len(value) == 1:
            only = member(value[0])
            return [only] if isinstance(only, str) else None
        values = value if isinstance(value, list | tuple | set | frozenset) else (value,)
        members: dict[str, None] = {}
        for each in values:
            text = member(each)
            if isinstance(text, str):
                members[text] = None
        return list(members) or None

    return texts


def _allowed_normaliser(plain: Normaliser, allowed: tuple[str, ...]) -> Normaliser:
    by_lower = {text.lower(): text for text in allowed}
    exact = frozenset(allowed)

    def one(value: Value) -> str:
        text = str(value)
        found = text if text in exact else by_lower.get(text.lower().replace(" ", "_"))
        if found is None:
            raise UnfitValueError(f"not one of {', '.join(allowed)}{did_you_mean(text, allowed)}")
        return found

    def permitted(value: object) -> Value | None:
        if type(value) is str and value in exact:
            return value
        result = plain(value)
        if isinstance(result, list):
            return [one(member) for member in result]
        if isinstance(result, str):
            return one(result)
        if result is not None:
            one(result)
        return result

    return permitted


def _plain_text(value: object) -> str | None:
    if type(value) is str and value.isascii() and value.isprintable() and len(value) <= TEXT_LIMIT:
        return value.strip() or None
    if isinstance(value, str):
        return clean_text(value) or None
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise UnfitValueError("not a text")


def _integer(value: object) -> Value | None:
    if type(value) is int and -_INTEGER_LIMIT <= value < _INTEGER_LIMIT:
        return value
    number: int | None = None
    if isinstance(value, str):
        if not value.strip():
            return None
        try:
            number = int(value.strip()) if value.isascii() and len(value) < 32 and "_" not in value else None
        except ValueError:
            number = None
    elif isinstance(value, float):
        number = int(value) if value.is_integer() else None
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif value is None:
        return None
    if number is None:
        raise UnfitValueError("not a whole number")
    if not -_INTEGER_LIMIT <= number < _INTEGER_LIMIT:
        raise UnfitValueError("too large for a whole number of 64 bits")
    return number


def _float(value: object) -> Value | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UnfitValueError("not a number")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise UnfitValueError("not a number") from None
    if not math.isfinite(number) or (isinstance(value, str) and "_" in value):
        raise UnfitValueError("not a finite number")
    return number + 0.0  # zero has no sign


def _boolean(value: object) -> Value | None:
    if isinstance(value, bool):
        return value
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    text = str(value).strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise UnfitValueError("not true or false")


def _date(value: object) -> Value | None:
    text = _plain_text(value)
    if text is None:
        return None
    try:
        return date.fromisoformat(text[:10] if "T" in text else text).isoformat()
    except ValueError:
        raise UnfitValueError("not a date, e.g. 2026-11-22") from None


def _datetime(value: object) -> Value | None:
    text = _plain_text(value)
    if text is None:
        return None
    try:
        return instant_text(parse_instant(text))
    except (InvalidInstantError, OverflowError):
        raise UnfitValueError("not a moment, e.g. 2026-11-22T08:30:00Z") from None


def _fqdn(text: str) -> str:
    if len(text) < 254 and _CANONICAL_FQDN.fullmatch(text):
        return text
    return normal_form(Format.FQDN, text)


def _serial(text: str) -> str:
    return " ".join(text.split())


def _standard(text_format: Format) -> Callable[[str], str]:
    return lambda text: normal_form(text_format, text)


_FORMS: Mapping[Format, Callable[[str], str]] = MappingProxyType(
    {
        Format.SERIAL: _serial,
        Format.MAC: normal_mac,
        Format.IP: normal_ip,
        Format.UUID: normal_uuid,
        Format.CIDR: _standard(Format.CIDR),
        Format.FQDN: _fqdn,
        Format.CPE: _standard(Format.CPE),
        Format.EMAIL: _standard(Format.EMAIL),
        Format.URL: _standard(Format.URL),
    }
)
_BY_TYPE: Mapping[ValueType, Normaliser] = MappingProxyType(
    {
        ValueType.INTEGER: _integer,
        ValueType.FLOAT: _float,
        ValueType.BOOLEAN: _boolean,
        ValueType.DATE: _date,
        ValueType.DATETIME: _datetime,
    }
)
