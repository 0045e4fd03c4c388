"""What was built for the browser goes into the wheel, where `web/app.py` looks for it; what is not built is left out."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = ("panel", "administration-page")


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Found by hatchling under this name."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """`version` is `editable` in a checkout, which has the pages where they were built."""
        folders = {Path(self.root, "browser/dist", name): f"offhook/{name}" for name in BUILT}
        if version == "standard":
            build_data["force_include"] |= {str(each): to for each, to in folders.items() if each.is_dir()}
