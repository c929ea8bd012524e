"""Tests of the ledger; the folders mirror the packages."""
