"""What the ledger costs, measured against what the same machine could do at best: pairs, never bare figures.

One module a topic: ``appending`` (HTTP), ``bulk``, ``auditing``, ``memory``, ``proofs``, ``breakdown``. Each measures
on a scratch ledger of the demo's story (``scratch``) and yields ``frame.Measured``. ``frame`` runs the two sides of a
pair in alternating rounds, so that a busy neighbour slows both; ``suite`` knows the measures by name; ``report`` shows
them to a person. docs/benchmarks.md says what each pair means.
"""
