"""What a layout may ask for."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Allowed:
    """The tags of figures with their titles; whether the bulletin has a table, a chart."""

    figures: Mapping[str, str]
    table: bool
    chart: bool
