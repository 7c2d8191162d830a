"""`python -m tools.house_lint [FILE...]`: check the named files, or all of the project's."""

import subprocess
import sys
from pathlib import Path

from tools.house_lint.check import check_file, read_files

ROOT = Path(__file__).resolve().parents[2]


def project_files(root: Path) -> list[str]:
    """Every file that git tracks or would add, relative to `root`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git is found on the path
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    return sorted(set(filter(None, listed.stdout.split("\0"))))


def main(arguments: list[str]) -> int:
    """Print the findings; 1 if there are any."""
    paths = arguments or project_files(ROOT)
    findings = [finding for source in read_files(ROOT, paths) for finding in check_file(source)]
    for finding in findings:
        print(finding)
    print(f"house lint: {len(findings)} findings in {len(paths)} files")
    if findings:
        print("The rules, and how to excuse a line with a reason: CONTRIBUTING.md, House rules")
    return 1 if findings else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
