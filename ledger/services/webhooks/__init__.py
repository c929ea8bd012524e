"""Webhooks: an organisation is told of records that concern it, by the Standard Webhooks convention.

- ``subscriptions``: make, list, change and remove webhooks; secrets are derived, shown once, never stored.
- ``message``: the body of a message and its signature headers.
- ``addresses``: which addresses may be called: none that is private, and only the one that was checked.
- ``sending``: one request: no redirects, bounded time and size.
- ``delivery``: the thread that takes up new records, tries, waits and tries again.

The projection ``concerns`` is the outbox: it is written in the very transaction that appends the record.
"""
