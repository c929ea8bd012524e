"""Scans of the warehouse floor: read, judged, recorded, once each.

- ``statement``: what a device says it scanned, as canonical JSON that it signs.
- ``facts``: what is known of the place and the thing, read in one state of the store, for ``ledger.rules.scanning``.
- ``events``: which events an accepted scan states.
- ``scanner``: the use case; idempotent by (organisation, id), in the order of a list.
- ``devices``: a browser becomes a device with a key; which of its counters are missing.
"""
