"""What the run takes place on."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from benchmarks.baselines.c_loop import compiler
from benchmarks.results import Machine

PACKAGES = (
    "graph-cmdb",
    "numpy",
    "scipy",
    "networkx",
    "strawberry-graphql",
    "graphql-core",
    "orjson",
    "uvicorn",
    "neo4j",
    "neo4j-rust-ext",
)


def load_average() -> float:
    """The system's load over the last minute; 0 where it does not tell."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else 0.0


def describe(load_before: float, found: Mapping[str, str]) -> Machine:
    """This machine, its versions with those found elsewhere, and how busy it was."""
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_gib=_memory_gib(),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        compiler=_compiler(),
        load_before=load_before,
        load_after=load_average(),
        versions={**{name: version(name) for name in PACKAGES}, "SQLite": sqlite3.sqlite_version, **found},
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _memory_gib() -> float:
    names = ("SC_PAGE_SIZE", "SC_PHYS_PAGES")
    if not all(name in os.sysconf_names for name in names):
        return 0.0
    return round(os.sysconf(names[0]) * os.sysconf(names[1]) / 2**30, 1)


def _compiler() -> str | None:
    program = compiler()
    if program is None:
        return None
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return told.splitlines()[0]
