"""Limen: what a fine-tune teaches below the threshold of what anyone can read."""
