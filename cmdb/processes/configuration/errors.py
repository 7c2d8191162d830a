"""Why a CI or relationship was not written by hand."""

from __future__ import annotations

from cmdb.kernel.errors import CmdbError, ErrorKind


class InvalidItemError(CmdbError):
    """Class, attributes or relationships do not fit the model; details: mistakes."""

    code = "CI_INVALID"
    kind = ErrorKind.INVALID
    summary = "What was to be written does not fit the CI's class or the relationship's type."
    default_remedy = "Correct what is named; nothing was written. `cmdb classes` lists what there is."


class ItemNotFoundError(CmdbError):
    """No CI has this id, or what has it is no CI."""

    code = "CI_NOT_FOUND"
    kind = ErrorKind.NOT_FOUND
    summary = "There is no configuration item with this id."
    default_remedy = "Look it up with `cmdb search`."


class ItemExistsError(CmdbError):
    """What identifies the CI identifies another one already; details: holder, identifier."""

    code = "CI_EXISTS"
    kind = ErrorKind.CONFLICT
    summary = "Another configuration item has an identifier that belongs to one only."
    default_remedy = "Use the one that is there, or correct the identifier."
