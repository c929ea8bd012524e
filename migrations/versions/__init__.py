"""Migrations, oldest first; named by date."""
