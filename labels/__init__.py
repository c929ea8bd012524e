"""QR symbols and label content, made from plain dataclasses."""
