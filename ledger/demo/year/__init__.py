"""A year of a region: some forty firms, thousands of clean lives of batches, and faults that were put in by design.

What was put in is written down as *truth*, so that what the rules find can be held against it. The seed fixes every
byte. Nothing here is real but the chemicals.
"""

from ledger.demo.year.compare import Comparison, compare
from ledger.demo.year.truth import Truth

__all__ = ["Comparison", "Truth", "compare"]
