"""The Chinese fonts that are embedded where nobody else's can be relied upon."""

from pathlib import Path

import pylopdf_fonts_zh_cn

FOLDER = Path(pylopdf_fonts_zh_cn.__file__).parent
SANS = FOLDER / "NotoSansSC-Regular.otf"
