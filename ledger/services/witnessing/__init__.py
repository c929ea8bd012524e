"""The log's side of witnesses (C2SP tlog-witness): what it published is sent to others, who cosign what extends.

- ``roster``: whom the operator chose; ``submit``: one checkpoint to one witness, its answer verified;
- ``view``: what a witness shows of this log, and whether the log extends it;
- ``cosigned``: the newest published checkpoint that a quorum cosigned; ``rounds``: submit what is due, and the thread;
- ``overview``: who signed what, when, and how far behind they are; ``pins``: checkpoints that somebody keeps.

Nothing here blocks an append: no call is made inside a transaction, and the writer only wakes the thread.
"""
