"""A model in one line: equal for equal models, another one when anything in it is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import orjson

from cmdb.model.types import Model


def model_fingerprint(model: Model) -> str:
    """The SHA-256 of everything the model says, policies included, whatever the order of its files."""
    content = orjson.dumps(model, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(content).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"a model holds no {type(value).__name__}")
