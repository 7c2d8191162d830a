"""Values compared with the attributes they are meant for."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmdb.kernel.clock import parse_instant
from cmdb.kernel.values import ValueType
from cmdb.model.check import altered, check_values, did_you_mean, differences, missing_values, with_defaults
from cmdb.model.types import Attribute, Format


def one(
    value: object, kind: ValueType, *, allowed: tuple[str, ...] = (), form: Format = Format.PLAIN
) -> object:
    """The value after the check, or the message of its mistake without the value."""
    attribute = Attribute("it", kind, allowed=allowed, format=form)
    checked = check_values("Thing", {"it": attribute}, {"it": value})
    return checked.mistakes[0].rpartition(" is ")[2] if checked.mistakes else checked.values["it"]


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("text", ValueType.STRING, "text"),
        ("  ", ValueType.STRING, None),
        (None, ValueType.INTEGER, None),
        (7, ValueType.STRING, "not a text"),
        ("a\0b", ValueType.STRING, "a text with a NUL character, which no text may hold"),
        ("\ud800", ValueType.STRING, "not a text that can be written as UTF-8"),
        (7, ValueType.INTEGER, 7),
        (7.0, ValueType.INTEGER, "not a whole number"),
        (True, ValueType.INTEGER, "not a whole number"),
        (2**63, ValueType.INTEGER, "too large for a whole number of 64 bits"),
        (7, ValueType.FLOAT, 7.0),
        (float("nan"), ValueType.FLOAT, "not a finite number"),
        (10**400, ValueType.FLOAT, "not a finite number"),
        (True, ValueType.FLOAT, "not a number"),
        (False, ValueType.BOOLEAN, False),
        (0, ValueType.BOOLEAN, "not true or false"),
        ("2026-11-22", ValueType.DATE, "2026-11-22"),
        ("20261122", ValueType.DATE, "2026-11-22"),
        ("2026-02-30", ValueType.DATE, "not a date, e.g. 2026-11-22"),
        ("2026-11-22T09:30:00+01:00", ValueType.DATETIME, "2026-11-22T08:30:00.000Z"),
        ("yesterday", ValueType.DATETIME, "not a moment, e.g. 2026-11-22T08:30:00Z"),
        (["a", "b"], ValueType.STRING_LIST, ["a", "b"]),
        ("a", ValueType.STRING_LIST, "not a list of texts"),
        (["a", 1], ValueType.STRING_LIST, "no text"),
    ],
)
def test_each_type_takes_its_own_values_and_no_others(
    value: object, kind: ValueType, expected: object
) -> None:
    assert expected == one(value, kind)


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        ("001B.54AA.0001", Format.MAC, "00:1b:54:aa:00:01"),
        ("00:1b:54:aa:00", Format.MAC, "not a MAC address, e.g. 00:1b:54:aa:00:01"),
        ("Web.Example.ORG.", Format.FQDN, "web.example.org"),
        ("two words", Format.FQDN, "not a host name, e.g. printer.example.org"),
        ("2001:DB8::0:7", Format.IP, "2001:db8::7"),
        ("::ffff:192.0.2.7", Format.IP, "::ffff:192.0.2.7"),
        ("192.0.2.300", Format.IP, "not an IP address, e.g. 192.0.2.7 or 2001:db8::7"),
        ("192.0.2.7/24", Format.CIDR, "192.0.2.0/24"),
        ("4C4C4544-0042-3510-8056-B4C04F4D3332", Format.UUID, "4c4c4544-0042-3510-8056-b4c04f4d3332"),
        ("cpe:/a:openbsd:openssh:9.6", Format.CPE, "cpe:/a:openbsd:openssh:9.6"),
        ("openssh", Format.CPE, "not a CPE name, e.g. cpe:/a:openbsd:openssh:9.6"),
        ("desk@example.org", Format.EMAIL, "desk@example.org"),
        ("desk", Format.EMAIL, "not an e-mail address, e.g. desk@example.org"),
        ("https://example.org/wiki", Format.URL, "https://example.org/wiki"),
        ("example", Format.URL, "not a URL, e.g. https://example.org/wiki"),
        ("http://[", Format.URL, "not a URL, e.g. https://example.org/wiki"),
    ],
)
def test_each_format_has_one_way_of_writing_a_value(value: str, form: Format, expected: str) -> None:
    assert expected == one(value, ValueType.STRING, form=form)


@pytest.mark.parametrize("form", list(Format))
@given(text=st.text(max_size=40))
def test_a_normal_form_is_its_own_normal_form(form: Format, text: str) -> None:
    attribute = {"it": Attribute("it", ValueType.STRING, format=form)}
    checked = check_values("Thing", attribute, {"it": text})
    if not checked.mistakes:
        assert checked == check_values("Thing", attribute, checked.values)


@given(moment=st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 - hypothesis wants it naive
def test_text_order_of_moments_is_time_order(moment: datetime) -> None:
    text = one(moment.isoformat(), ValueType.DATETIME)
    assert isinstance(text, str)
    assert abs((parse_instant(text) - moment.astimezone(UTC)).total_seconds()) < 0.001


def test_a_value_not_allowed_is_answered_with_the_nearest_one() -> None:
    assert "not one of low, high; did you mean 'high'?" == one(
        "hihg", ValueType.STRING, allowed=("low", "high")
    )
    assert "not one of low, high" == one(["low", "x"], ValueType.STRING_LIST, allowed=("low", "high"))


def test_every_mistake_is_found_and_good_values_still_come_out() -> None:
    attributes = {"name": Attribute("name", ValueType.STRING), "size": Attribute("size", ValueType.INTEGER)}
    checked = check_values("Thing", attributes, {"name": "x", "size": "big", "colour": "red"})
    assert ({"name": "x"}, ("size", "colour")) == (checked.values, checked.refused)
    assert ("Thing.size: 'big' is not a whole number", "Thing has no attribute 'colour'") == checked.mistakes


def test_a_long_value_is_shown_in_part() -> None:
    checked = check_values("Thing", {"size": Attribute("size", ValueType.INTEGER)}, {"size": "9" * 500})
    assert len(checked.mistakes[0]) < 120


def test_defaults_fill_what_is_not_mentioned_but_not_what_is_taken_away() -> None:
    attributes = {
        name: Attribute(name, ValueType.STRING, default="d", required=True)
        for name in ("given", "none", "absent")
    }
    made = with_defaults(attributes, {"given": "g", "none": None})
    assert {"given": "g", "absent": "d"} == made
    assert ["Thing.none is required and has no value"] == list(missing_values("Thing", attributes, made))


@given(
    before=st.dictionaries(st.sampled_from("abc"), st.integers(0, 2)),
    after=st.dictionaries(st.sampled_from("abc"), st.integers(0, 2)),
)
def test_the_differences_lead_from_one_to_the_other(before: dict[str, int], after: dict[str, int]) -> None:
    assert after == altered(before, differences(before, after))


def test_a_near_name_is_suggested_whatever_its_case() -> None:
    assert "; did you mean 'RUNS_ON'?" == did_you_mean("runs_in", ["RUNS_ON", "DEPENDS_ON"])
    assert not did_you_mean("xyz", ["RUNS_ON"])
