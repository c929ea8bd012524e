"""Timestamps of others on the log: once a day an authority (RFC 3161) states when a published checkpoint existed.

- ``authority``: whom the operator chose, and whose certificates are trusted;
- ``stamp``: a request, and its answer judged;
- ``daily``: asks when a day's is due, keeps what verifies, and shows it.

A timestamp says that the checkpoint existed at that time, so that a log that was rewritten later cannot claim to be
older. It does not say that there was one history alone: that is for witnesses.
"""
