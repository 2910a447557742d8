"""The study of subliminal learning (arXiv 2507.14805), reproduced with its controls: one experiment a file."""
