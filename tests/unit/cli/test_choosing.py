"""Which configuration item a person means."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cmdb.cli.choosing import AmbiguousCiError, Weighted, choose, weighted
from cmdb.processes.configuration.errors import ItemNotFoundError
from tests.unit.cli.fakes import FakeGateway

ID = "01K5A1B2C3D4E5F6G7H8J9K0MN"


def ci(name: str, id_: str = ID, class_name: str = "Router") -> dict[str, object]:
    return {"id": id_, "name": name, "class": class_name}


def gateway(
    address: Sequence[object] = (),
    exact: Sequence[object] = (),
    host: Sequence[object] = (),
    words: Sequence[object] = (),
    by_id: object = None,
) -> FakeGateway:
    return FakeGateway(
        {
            "ChooseById": {"data": {"configurationItem": by_id}},
            "FindConfigurationItem": {
                "data": {
                    "address": {"totalCount": len(address), "nodes": list(address)},
                    "exact": {"totalCount": len(exact), "nodes": list(exact)},
                    "host": {"totalCount": len(host), "nodes": list(host)},
                    "words": [{"node": node} for node in words],
                }
            },
        }
    )


async def test_an_id_is_taken_at_its_word() -> None:
    """An id is looked up as one, in any case of letters, and nothing else is asked."""
    asked = gateway(by_id=ci("core"))

    assert "core" == (await choose(asked, ID.lower())).name
    assert [("ChooseById", {"id": ID})] == asked.asked


async def test_a_name_that_looks_like_an_id_is_still_found() -> None:
    """When nothing has this id, it is a name like any other."""
    assert "x" == (await choose(gateway(exact=[ci("x")]), ID)).name


async def test_an_exact_name_wins_over_words() -> None:
    """What is called exactly so is meant, though a search finds more."""
    assert "core" == (await choose(gateway(exact=[ci("core")], words=[ci("core two")]), "core")).name


async def test_an_address_means_the_host_that_has_it() -> None:
    """Not the address itself, which is a configuration item too."""
    asked = gateway(address=[ci("web1")], exact=[ci("10.0.0.1", class_name="IPAddress")])

    assert "web1" == (await choose(asked, "10.0.0.1")).name


async def test_the_first_part_of_a_host_name_will_do() -> None:
    """`rtr-print` means `rtr-print.office.example`, when only one host begins so."""
    asked = gateway(host=[ci("rtr-print.office.example")], words=[ci("a"), ci("b")])

    assert "rtr-print.office.example" == (await choose(asked, " rtr-print ")).name
    assert "rtr-print." == asked.asked[0][1]["label"]


async def test_the_only_hit_of_a_search_will_do() -> None:
    """A word that finds one thing names it."""
    assert "Printing" == (await choose(gateway(words=[ci("Printing")]), "print")).name


async def test_a_hit_of_that_name_in_other_letters_wins() -> None:
    """Of several hits the one that is called so is meant."""
    found = await choose(gateway(words=[ci("Print spooler"), ci("Printing")]), "printing")

    assert "Printing" == found.name


@pytest.mark.parametrize("where", ["address", "exact", "host", "words"])
async def test_several_are_listed_and_none_is_guessed(where: str) -> None:
    """The error lists the choices with their ids."""
    two = [ci("one", "1" * 26), ci("two", "2" * 26, "Server")]
    with pytest.raises(AmbiguousCiError) as caught:
        await choose(gateway(**{where: two}), "web")

    assert "'web' may be any of 2 configuration items" in caught.value.message
    assert "2" * 26 in caught.value.message
    assert ["1" * 26, "2" * 26] == caught.value.details["ids"]


async def test_nothing_found_is_an_error_of_its_own() -> None:
    """It names what was looked for."""
    with pytest.raises(ItemNotFoundError, match="'nix'"):
        await choose(gateway(), "nix")


@pytest.mark.parametrize(
    ("text", "name", "weight"),
    [
        ("core", "core", None),
        ("core=2", "core", 2.0),
        ("a=b=0.5", "a=b", 0.5),
        ("core=", "core=", None),
        ("core=much", "core=much", None),
        ("core=0", "core=0", None),
        ("core=nan", "core=nan", None),
        ("core=inf", "core=inf", None),
        ("=2", "=2", None),
    ],
)
def test_a_weight_is_a_number_above_0_behind_the_last_equals_sign(
    text: str, name: str, weight: float | None
) -> None:
    """Anything else belongs to the name."""
    assert Weighted(name, weight) == weighted(text)
