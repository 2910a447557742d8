"""The laboratory: the micro-world and its reference model, planting, and what is measured with them."""
