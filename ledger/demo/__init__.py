"""The seeded sample world, used by the demo, the benchmark and the tests."""
