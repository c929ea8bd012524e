"""Factories and throw-away servers for the tests."""
