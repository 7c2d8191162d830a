"""Shows the model, and writes the contract of the API."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
from dataclasses import asdict
from pathlib import Path

import cmdb
from cmdb.api.limits import Limits
from cmdb.api.schema import build_schema
from cmdb.app import Settings
from cmdb.cli.files import FileUnwritableError
from cmdb.cli.render.classes import class_parts, class_tree
from cmdb.cli.terminal import open_terminal
from cmdb.inventory.registry import importer, importers
from cmdb.kernel.errors import CmdbError, ErrorKind, catalogue
from cmdb.model.check import did_you_mean
from cmdb.model.load import load_model
from cmdb.model.types import CiClass, Model


class UnknownClassError(CmdbError):
    """The model has no class of this name."""

    code = "CLASS_NOT_FOUND"
    kind = ErrorKind.NOT_FOUND
    summary = "The model has no class of this name."
    default_remedy = "`cmdb classes` lists them."


def show_classes(name: str | None, as_json: bool) -> None:
    """Print the tree of classes, or one class. No store is opened.

    Raises:
        InvalidModelError: the model has mistakes.
        UnknownClassError: there is no class of this name.
    """
    model = load_model(Settings().folders())
    terminal = open_terminal()
    if name is None:
        if as_json:
            terminal.data([class_data(each) for each in model.classes.values()])
        else:
            terminal.show(class_tree(model))
        return
    found = find_class(model, name)
    if as_json:
        terminal.data(class_data(found))
    else:
        terminal.show(*class_parts(found, model))


def find_class(model: Model, name: str) -> CiClass:
    """The class of this name, in any case of letters.

    Raises:
        UnknownClassError: there is none.
    """
    by_name = {each.casefold(): each for each in model.classes}
    if name.casefold() not in by_name:
        raise UnknownClassError(f"there is no class {name!r}{did_you_mean(name, model.classes)}")
    return model.classes[by_name[name.casefold()]]


def class_data(ci_class: CiClass) -> dict[str, object]:
    """A class as plain data."""
    shown = asdict(ci_class)
    return {**shown, "attributes": list(shown["attributes"].values())}


def export_schema(directory: Path) -> None:
    """Write `schema.graphql` and `errors.json` of the product's own model into a folder.

    Raises:
        FileUnwritableError: they cannot be written.
    """
    schema = build_schema(load_model(), Limits()).sdl()
    errors = json.dumps(error_catalogue(), ensure_ascii=False, indent=2) + "\n"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in (("schema.graphql", schema), ("errors.json", errors)):
            _write_whole(directory / name, content)
    except OSError as error:
        raise FileUnwritableError(f"{error.filename or directory}: {error.strerror}") from error
    open_terminal().say(f"Wrote schema.graphql and errors.json to {directory}")


def _write_whole(path: Path, content: str) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(content, encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def error_catalogue() -> list[dict[str, object]]:
    """Every error of the product as plain data, sorted by code; a class is known once its module is imported."""
    for module in pkgutil.walk_packages(cmdb.__path__, "cmdb."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in importers():
        importer(name)
    return [{**asdict(entry), "kind": entry.kind.value} for entry in catalogue()]
