"""Bar P3: one matter's page with 20 events; the measurement is p2_list.py's, this half of it alone.

python benchmarks/p3_page.py [--small] [--seconds 8] [--api]
"""

import sys

import ground
from p2_list import _options, measure

if __name__ == "__main__":
    if "--only" not in sys.argv:
        sys.argv += ["--only", "P3"]
    raise SystemExit(ground.main(__doc__, measure, _options))
