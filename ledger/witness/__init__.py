"""A witness (C2SP tlog-witness v1.0.0): a process of its own that cosigns what extends what it saw before.

- ``logs``: whom it knows; ``state``: what it saw of each, one SQLite file; ``check``: what it answers, and why;
- ``app``: the same over HTTP; ``keys``: its own key.

It shares no data with a ledger, and no code but ``core``, the key files and the choice of an SQLite that is safe.
"""
