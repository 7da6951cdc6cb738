"""Ship `proofs/` and `figures/` under names that clash with nobody's: `semtheory_proofs` and `semtheory_figures`.

A wheel carries copies. An editable install carries, for each, a package of one line whose path is the folder of the
checkout, so that edits count at once.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SHIPPED = {"proofs": "semtheory_proofs", "figures": "semtheory_figures"}


class ShipTheorems(BuildHookInterface):
    """Adds the renamed packages to the wheel being built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if version != "editable":
            build_data["force_include"].update({str(root / folder): name for folder, name in SHIPPED.items()})
            return
        made = Path(tempfile.mkdtemp())
        for folder, name in SHIPPED.items():
            shim = made / f"{name}.py"
            shim.write_text(f"__path__ = [{str(root / folder)!r}]\n", encoding="utf-8")
            build_data["force_include_editable"][str(shim)] = f"{name}/__init__.py"
