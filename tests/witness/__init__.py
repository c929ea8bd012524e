"""Witnesses: what they answer, that they never go back, and what an attacker meets who does not ask them."""
