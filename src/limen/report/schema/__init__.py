"""The published schema of the JSON twin."""
