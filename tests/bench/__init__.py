"""Tests of the benchmark: that it measures what it says. Never how fast anything is."""
