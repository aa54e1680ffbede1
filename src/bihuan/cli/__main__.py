"""`python -m bihuan.cli`, which is how `bihuan serve` starts its worker."""

import sys

from bihuan.cli import main

if __name__ == "__main__":
    sys.exit(main())
