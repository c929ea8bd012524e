"""hazledger: a tamper-evident ledger of hazardous chemicals."""

__version__ = "0.1.0"
