"""What changed between base and tuned, and whether the data is to blame: attribution, discovery, red team.

Empty for now: `limen diff` compares arms through `limen.measure`, which every phase shares.
"""
