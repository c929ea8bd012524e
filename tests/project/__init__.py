"""Tests of the project itself: documents, dependencies, boundaries."""
