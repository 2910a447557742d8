"""Tools of the project: the generator of the docs, and the driver of the long figures."""
