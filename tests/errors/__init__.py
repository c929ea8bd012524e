"""Tests of the catalogue of problems."""
