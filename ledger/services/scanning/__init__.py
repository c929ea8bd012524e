"""Scans of the warehouse floor: read, judged, recorded, once each.

- ``statement``: what a device says it scanned, as canonical JSON that it signs.
- ``facts``: what is known of the place and the thing, read in one state of the store, for ``ledger.rules.scanning``.
- ``events``: which events an accepted scan states.
- ``scanner``: the use case; idempotent by (organisation, id), in the order of a list.
- ``sightings``: where a container was seen, by scans and events.
- ``copies``: what the rules of copied labels find in a scan, and whom it concerns.
- ``findings``: what a safety officer looks after, and how it ends.
- ``devices``: a browser becomes a device with a key; which of its counters are missing.
"""
