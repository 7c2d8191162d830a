"""`python -m benchmarks.root_cause`: how often the true cause comes first, written to docs/benchmarks/root-cause.md."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from rich.console import Console

from benchmarks.root_cause.evaluate import petshop, rabobank, simulated, variations
from benchmarks.root_cause.page import Outcome, page
from cmdb.model.load import load_model

ROOT = Path(__file__).resolve().parents[2]
TABLES = "itsm/rabobank_incidents*.csv.gz"


def main() -> int:
    """Run what there is data for."""
    options = _options()
    console = Console()
    tables = sorted(options.data.glob(TABLES))
    shop = options.data / "rca" / "petshop"
    found = _evaluated(
        shop if shop.is_dir() else None, tables[0] if tables else None, options.simulated, console
    )
    text = page(asyncio.run(found))
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text.rstrip() + "\n")
    console.print(text, markup=False, highlight=False)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.root_cause", description=__doc__)
    parser.add_argument(
        "--data",
        type=Path,
        default=ROOT.parent / "shared" / "data",
        help="folder with rca/petshop (`<scenario>_graph.csv` and archives, or folders as published) and itsm",
    )
    parser.add_argument(
        "--simulated", type=int, default=200, help="so many drawn systems for each kind of fault"
    )
    parser.add_argument(
        "--out", type=Path, default=ROOT / "docs" / "benchmarks" / "root-cause.md", help="the page"
    )
    return parser.parse_args()


async def _evaluated(shop: Path | None, table: Path | None, number: int, console: Console) -> Outcome:
    model = load_model([])
    console.print("PetShop" if shop else "PetShop is left out: no recording found.", style="dim")
    by_metrics = await petshop(shop, alone=False) if shop else None
    alone = await petshop(shop, alone=True) if shop else None
    spread = variations(shop, model) if shop else []
    console.print("Drawn systems", style="dim")
    drawn = list(simulated(model, number))
    console.print("Service desk" if table else "The service desk is left out: no table found.", style="dim")
    return Outcome(
        petshop=by_metrics,
        alone=alone,
        variations=spread,
        simulated=drawn,
        by_opening=await rabobank(table, known_when_closed=False) if table else None,
        by_closing=await rabobank(table, known_when_closed=True) if table else None,
    )


if __name__ == "__main__":
    raise SystemExit(main())
