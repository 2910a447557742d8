"""Before training: what can be read in the rows, and what can not be read in them and will be learned all the same."""
