"""Values as sources write them become values as the model wants them, or are refused in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmdb.inventory.normalise import TEXT_LIMIT, UnfitValueError, normaliser
from cmdb.kernel.values import ValueType
from cmdb.model.types import Attribute, Format


def normal(value: object, kind: ValueType = ValueType.STRING, text_format: Format = Format.PLAIN) -> object:
    return normaliser(Attribute("it", kind, format=text_format))(value)


@pytest.mark.parametrize(
    "text",
    ["00:1B:54:AA:00:01", "00-1b-54-aa-00-01", "001b.54aa.0001", "001B54AA0001", "0:1b:54:aa:0:1"],
)
def test_every_notation_of_a_mac_address_comes_out_the_same(text: str) -> None:
    assert normal(text, text_format=Format.MAC) == "00:1b:54:aa:00:01"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2001:DB8:0:0:0:0:0:7", "2001:db8::7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ],
)
def test_ip_addresses_take_the_form_of_rfc_5952(text: str, expected: str) -> None:
    assert normal(text, text_format=Format.IP) == expected


@pytest.mark.parametrize("text", ["192.0.2.256", "192.0.2.07", "1.2.3", "nowhere", "2001:db8:::1"])
def test_what_is_no_ip_address_is_refused(text: str) -> None:
    with pytest.raises(UnfitValueError, match="not an IP address"):
        normal(text, text_format=Format.IP)


def test_a_name_loses_its_trailing_dot_and_its_capitals() -> None:
    assert normal("Printer.Example.ORG.", text_format=Format.FQDN) == "printer.example.org"


def test_a_name_that_is_none_may_be_left_out_and_the_rest_taken_in() -> None:
    with pytest.raises(UnfitValueError) as caught:
        normal("<script>", text_format=Format.FQDN)

    assert caught.value.lenient


@pytest.mark.parametrize(
    "text", ["{4C4C4544-0042-3510-8056-B4C04F4D3332}", "4c4c4544004235108056b4c04f4d3332"]
)
def test_every_notation_of_a_uuid_comes_out_the_same(text: str) -> None:
    assert normal(text, text_format=Format.UUID) == "4c4c4544-0042-3510-8056-b4c04f4d3332"


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("8080", ValueType.INTEGER, 8080),
        (8080.0, ValueType.INTEGER, 8080),
        ("1.5", ValueType.FLOAT, 1.5),
        (2, ValueType.FLOAT, 2.0),
        ("yes", ValueType.BOOLEAN, True),
        ("0", ValueType.BOOLEAN, False),
        (7, ValueType.STRING, "7"),
        ("2026-11-22T08:30:00Z", ValueType.DATE, "2026-11-22"),
        ("2026-11-22T09:30:00+01:00", ValueType.DATETIME, "2026-11-22T08:30:00.000Z"),
        ("one", ValueType.STRING_LIST, ["one"]),
        (["a", " b ", "a", ""], ValueType.STRING_LIST, ["a", "b"]),
    ],
)
def test_what_is_safe_to_convert_is_converted(value: object, kind: ValueType, expected: object) -> None:
    found = normal(value, kind)

    assert (type(expected), expected) == (type(found), found)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("many", ValueType.INTEGER),
        (1.5, ValueType.INTEGER),
        (True, ValueType.INTEGER),
        ("1_000", ValueType.INTEGER),
        (1 << 63, ValueType.INTEGER),
        ("nan", ValueType.FLOAT),
        (float("inf"), ValueType.FLOAT),
        ("maybe", ValueType.BOOLEAN),
        ("22.11.2026", ValueType.DATE),
        ("yesterday", ValueType.DATETIME),
        (True, ValueType.STRING),
        ([1.5, True], ValueType.STRING_LIST),
    ],
)
def test_what_is_not_safe_to_convert_is_refused(value: object, kind: ValueType) -> None:
    with pytest.raises(UnfitValueError):
        normal(value, kind)


@pytest.mark.parametrize("kind", list(ValueType))
@pytest.mark.parametrize("value", [None, "", "   "])
def test_a_value_that_says_nothing_is_no_value(kind: ValueType, value: object) -> None:
    assert normal(value, kind) is None


@pytest.mark.parametrize("text", ["a\0b", "a\x1bb", "\ud800", "x" * (TEXT_LIMIT + 1)])
def test_text_that_cannot_be_kept_or_shown_is_refused(text: str) -> None:
    with pytest.raises(UnfitValueError):
        normal(text)


def test_text_is_brought_to_normal_form_c() -> None:
    assert normal("Mu\u0308ller") == "M\u00fcller"


def test_an_allowed_value_is_found_in_other_case() -> None:
    attribute = Attribute("status", ValueType.STRING, allowed=("in_stock", "retired"))

    assert normaliser(attribute)("In Stock") == "in_stock"


def test_a_value_that_is_not_allowed_is_refused_with_the_nearest_one() -> None:
    attribute = Attribute("status", ValueType.STRING, allowed=("operational", "retired"))

    with pytest.raises(UnfitValueError, match="did you mean 'operational'"):
        normaliser(attribute)("operatonal")


@given(st.sampled_from(list(Format)), st.text(max_size=40))
def test_a_normal_form_is_its_own_normal_form(text_format: Format, text: str) -> None:
    try:
        once = normal(text, text_format=text_format)
    except UnfitValueError:
        return

    assert once is None or once == normal(once, text_format=text_format)
