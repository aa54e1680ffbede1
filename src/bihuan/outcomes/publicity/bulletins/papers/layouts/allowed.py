"""What a layout may ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Allowed:
    """The tags of figures with their titles; whether the bulletin has a table, a chart; the blocks that
    apps registered, and whether each may stand in it."""

    figures: Mapping[str, str]
    table: bool
    chart: bool
    blocks: Mapping[str, bool] = field(default_factory=dict)
