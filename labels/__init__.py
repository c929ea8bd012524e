"""QR symbols, pictograms and label content, made from plain dataclasses."""
