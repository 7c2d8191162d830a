"""Reads the model: the product's own folder, then those of the user, checked as one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cmdb.model.build_attributes import TypeRegister
from cmdb.model.build_classes import build_classes
from cmdb.model.build_policies import build_policies
from cmdb.model.build_records import build_records
from cmdb.model.build_relationships import build_links, build_relationships, check_within
from cmdb.model.declarations import Declarations
from cmdb.model.locate import builtin_schema
from cmdb.model.mistakes import MistakeCode, Mistakes, Place
from cmdb.model.read_classes import read_classes
from cmdb.model.read_policies import read_change_risk, read_reconciliation, read_root_cause
from cmdb.model.read_records import read_record
from cmdb.model.read_relationships import read_links, read_relationships
from cmdb.model.types import ROOT_CLASS, Model
from cmdb.model.unique_names import check_unique_names
from cmdb.model.yaml_tree import Tree, read_tree

LAYOUT = (
    "classes/*.yaml", "relationships.yaml", "links.yaml", "records/*.yaml", "policies/reconciliation.yaml",
    "policies/root_cause.yaml", "policies/change_risk.yaml",
)  # fmt: skip
"""The files of a folder; each may be absent."""


def load_model(folders: Sequence[Path] = ()) -> Model:
    """The product's own model with what the given folders add to it, in their order.

    A folder may add classes, relationship types, links and record types; `extend` existing ones by attributes
    and ends; and override policies. It cannot contradict what is there.

    Raises:
        InvalidModelError: with every mistake of every file, each at its line.
    """
    return read_model([builtin_schema(), *folders])


def read_model(folders: Sequence[Path]) -> Model:
    """The model of exactly these folders.

    Raises:
        InvalidModelError: with every mistake of every file, each at its line.
    """
    mistakes = Mistakes()
    declared = Declarations()
    for folder in folders:
        _read_folder(folder, declared, mistakes)
    if mistakes.file_refused:
        # What those files declare would be reported as unknown wherever it is used.
        mistakes.raise_any()
    types = TypeRegister(mistakes)
    classes = build_classes(declared, types, mistakes)
    if not classes:
        mistakes.add(
            Place(str(folders[0]), 1), MistakeCode.UNKNOWN_CLASS, f"no file declares the class {ROOT_CLASS}"
        )
        mistakes.raise_any()
    relationships = build_relationships(declared, classes, mistakes)
    records = build_records(declared, types, mistakes)
    links = build_links(declared, classes, records, relationships, mistakes)
    check_within(declared, classes, relationships, mistakes)
    check_unique_names(declared, mistakes)
    policies = build_policies(declared.policies, classes, str(folders[0]), mistakes)
    mistakes.raise_any()
    return Model(classes, relationships, records, links, policies)


def _read_folder(folder: Path, declared: Declarations, mistakes: Mistakes) -> None:
    if not folder.is_dir():
        seen = "is no folder" if folder.exists() else "does not exist"
        mistakes.add(Place(str(folder), 1), MistakeCode.MISSING_FOLDER, f"the model's folder {seen}")
        return
    try:
        files = sorted(path for path in folder.rglob("*") if path.suffix in {".yaml", ".yml"})
    except OSError as error:
        mistakes.add(
            Place(str(folder), 1), MistakeCode.UNREADABLE_FILE, f"the folder cannot be listed: {error}"
        )
        return
    for path in files:
        _read_file(path, path.relative_to(folder), declared, mistakes)


def _read_file(path: Path, name: Path, declared: Declarations, mistakes: Mistakes) -> None:
    if not _belongs(name):
        mistakes.add(
            Place(str(path), 1),
            MistakeCode.UNKNOWN_FILE,
            f"no such file belongs to a model; there may be {', '.join(LAYOUT)}",
            seen=str(name),
            known=LAYOUT,
        )
        return
    _take(name, read_tree(path, mistakes), declared, mistakes)


def _belongs(name: Path) -> bool:
    return any(len(Path(pattern).parts) == len(name.parts) and name.match(pattern) for pattern in LAYOUT)


def _take(name: Path, tree: Tree | None, declared: Declarations, mistakes: Mistakes) -> None:
    match name.parts:
        case ("classes", _):
            read_classes(tree, declared, mistakes)
        case ("records", _):
            read_record(tree, declared, mistakes)
        case ("relationships.yaml",):
            read_relationships(tree, declared, mistakes)
        case ("links.yaml",):
            read_links(tree, declared, mistakes)
        case (_, "reconciliation.yaml"):
            read_reconciliation(tree, declared.policies, mistakes)
        case (_, "change_risk.yaml"):
            read_change_risk(tree, declared.policies, mistakes)
        case _:
            read_root_cause(tree, declared.policies, mistakes)
