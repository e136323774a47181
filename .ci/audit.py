"""Look for known holes in pinned dependencies, and tell "none known" apart from "could not look".

pip-audit ends with success when its list of holes cannot be reached; here the two are said in different words. Only
a hole fails.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any


def read_audit(requirements: str) -> list[dict[str, Any]] | None:
    """Return what pip-audit says of each dependency, or None when it could not look at all."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--requirement", requirements]
    command += ["--format", "json", "--progress-spinner", "off"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the command is ours
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        print(done.stderr.strip().rsplit("\n", 1)[-1], file=sys.stderr)
        return None
    return found


def main(requirements: str) -> int:
    """Print one line, or one per hole; return the exit code."""
    dependencies = read_audit(requirements)
    if dependencies is None or all("skip_reason" in dependency for dependency in dependencies):
        print("audit: not done, the list of known holes cannot be reached from here; run `make audit` where it can")
        return 0
    holes = 0
    for dependency in dependencies:
        for hole in dependency.get("vulns", []):
            holes += 1
            fixed = ", ".join(hole["fix_versions"]) or "none yet"
            print(f"audit: {dependency['name']} {dependency['version']}: {hole['id']}, fixed in: {fixed}")
    skipped = sum("skip_reason" in dependency for dependency in dependencies)
    print(f"audit: {len(dependencies)} dependencies, {holes} known holes, {skipped} that the list does not know")
    return 1 if holes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
