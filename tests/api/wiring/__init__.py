"""The ports over a real ledger, asked through HTTP."""
