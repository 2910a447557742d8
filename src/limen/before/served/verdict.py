"""What may be claimed of a base behind a server: less than where neutral writers can be trained."""

from limen.core import Finding


def as_served(finding: Finding) -> Finding:
    return finding
