"""`python -m limen`."""

from __future__ import annotations

import sys

from limen.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
