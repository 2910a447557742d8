"""How far a fine-tune will move a trait, in probability, before it is done."""
