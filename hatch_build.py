"""What building a wheel takes beyond copying: the assets of the web pages are built, and go in."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the assets for a wheel; an editable install builds them when they are first wanted."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """The assets that the wheel carries are those of the sources."""
        if version == "editable":
            return
        sys.path.insert(0, str(Path(self.root)))
        from app import assets

        assets.ensure()
