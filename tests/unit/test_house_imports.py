"""The import contracts of pyproject.toml catch what they are there to catch.

A small project is made up in a temporary folder with the real contracts and one forbidden import, and the
real import-linter looks at it.
"""

import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "kernel",
    "model",
    "graph",
    "topology",
    "analysis",
    "inventory",
    "records",
    "processes",
    "flows",
    "store",
    "api",
    "cli",
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty project with every room, two processes and an importer."""
    files = {f"cmdb/{room}/__init__.py": "" for room in ROOMS}
    files |= {"cmdb/__init__.py": "", "cmdb/app.py": "", "cmdb_importers/__init__.py": ""}
    files |= {f"cmdb/processes/{name}.py": "" for name in ("incident", "problem")}
    files |= {"cmdb_importers/nmap.py": "import cmdb.inventory\nimport cmdb.kernel\n"}
    write(tmp_path, files)
    return tmp_path


def write(project: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text, encoding="utf-8")


def broken_contracts(project: Path) -> list[str]:
    """The names of the contracts that are broken, as import-linter reports them."""
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--config",
            str(ROOT / "pyproject.toml"),
            "--no-cache",
        ],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    broken = [line.removesuffix(" BROKEN") for line in run.stdout.splitlines() if line.endswith(" BROKEN")]
    assert (run.returncode != 0) == bool(broken), run.stdout + run.stderr
    return broken


def contract(identity: str) -> str:
    """The name of the contract with this id."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    return next(str(one["name"]) for one in contracts if one["id"] == identity)


def test_a_project_that_keeps_the_rules_passes(project: Path) -> None:
    """Permitted imports, in every direction that is one, break nothing."""
    write(
        project,
        {
            "cmdb/app.py": "import cmdb.api\nimport cmdb.store\n",
            "cmdb/store/embedded.py": "import sqlite3\nimport neo4j\nimport cmdb.graph\n",
            "cmdb/api/server.py": "import strawberry\nimport starlette.routing\nimport graphql\nimport uvicorn\n",
            "cmdb/cli/serve.py": "import uvicorn\nimport cmdb.app\n",
            "cmdb/flows/outage.py": "import cmdb.processes.incident\nimport cmdb.processes.problem\n",
        },
    )

    assert [] == broken_contracts(project)


def test_rooms_that_do_not_exist_break_nothing(tmp_path: Path) -> None:
    """The contracts hold for a project of which only the ground floor is built."""
    write(tmp_path, {"cmdb/__init__.py": "", "cmdb/kernel/__init__.py": "", "cmdb_importers/__init__.py": ""})

    assert [] == broken_contracts(tmp_path)


@pytest.mark.parametrize(
    ("path", "text", "identity"),
    [
        ("cmdb/kernel/a.py", "import cmdb.model\n", "rooms"),
        ("cmdb/graph/a.py", "def f():\n    import cmdb.store\n", "rooms"),
        ("cmdb/api/a.py", "import cmdb.store\n", "rooms"),
        ("cmdb/store/a.py", "import cmdb.api\n", "rooms"),
        ("cmdb/inventory/a.py", "import cmdb.analysis\n", "rooms"),
        ("cmdb/app.py", "import cmdb.cli\n", "rooms"),
        ("cmdb/attic/__init__.py", "", "rooms"),
        ("cmdb/processes/incident.py", "import cmdb.processes.problem\n", "processes"),
        ("cmdb/flows/a.py", "import sqlite3\n", "databases"),
        ("cmdb/app.py", "from neo4j import AsyncDriver\n", "databases"),
        ("cmdb_importers/nmap.py", "import sqlite3\n", "databases"),
        ("cmdb/app.py", "import starlette.applications\n", "web"),
        ("cmdb/cli/a.py", "import strawberry\n", "web"),
        ("cmdb/model/a.py", "import graphql\n", "web"),
        ("cmdb/app.py", "import uvicorn\n", "server"),
        ("cmdb_importers/nmap.py", "import cmdb.model\n", "importers"),
        ("cmdb_importers/nmap.py", "from cmdb.graph.elements import Node\n", "importers"),
        ("cmdb/cli/a.py", "import cmdb_importers.nmap\n", "entry-points"),
    ],
)
def test_a_forbidden_import_is_caught(project: Path, path: str, text: str, identity: str) -> None:
    """One import against the rules breaks exactly the contract that forbids it."""
    write(project, {path: text})

    assert [contract(identity)] == broken_contracts(project)
