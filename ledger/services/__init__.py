"""What the ledger does: append, prove, trace, judge, audit. Use cases on top of the rules and the store.

The door is ``ledger.services.ledger``:

    Ledger.create(url, genesis, signer=, signer_state=, clock=, entropy=, reference=) -> Ledger
                                                    # makes the schema, writes leaf 0, is open for writing
    Ledger.open(url, signer=None, signer_state=None, clock=, entropy=, reference=) -> Ledger
                                                    # without signer and signer_state: reads only;
                                                    # pace=append.Pace(...): queue, batches, heads, disk
    ledger.append(submission) -> Appended           # blocks until committed; RefusedError, ConflictError, ...
    ledger.submit(submission) -> Future[Appended]   # UnavailableError(retry_after_s) when the queue is full
    ledger.append_many(submissions) -> list[Appended | HazledgerError]      # in order, waits when the queue is full
    ledger.state(body: dict, auth) -> Submission    # the simple form, salts made here (``intake.simple``)
    ledger.signed(body: dict, auth) -> Submission   # the signed form, signatures checked (``intake.signed``)
    ledger.publish_heads() -> Appended              # governance.heads_published, by the writer itself
    ledger.receipt(actor, event_id) -> bytes        # hazledger/receipt@1
    ledger.evidence(chain, show=everything) -> bytes    # hazledger/evidence@1
                                                    # show(Header) -> evidence.Shown(level, without)
    ledger.verdict(chain) -> Verdict                # intact, complete as of n, included
    ledger.policy() -> Policy                       # pins origin, log key, genesis, registrars
    ledger.why_not_writing -> str | None; ledger.recover(); ledger.close()  # also a context manager
    ledger.keys.find(actor, key id) -> bytes | None # the raw public key on record
    ledger.store, .log, .origin, .verifier, .clock, .reference, .sequencer, .recorded() -> LedgerState

    answers.Appended(index, event, record, recorded_at_ms, repeated, findings)
                                                    # findings: tuple[(chain, rule, data)]
    genesis.Genesis(ledger, organisation: dict, registrars=(), demo=False, rules=standard, id=None)
    intake.Auth(method, principal, credential="", factor="")    # what the record says about who came in

``ledger.log`` (``log.LogService``): ``checkpoint() -> bytes`` (newest published note), ``tile(path) -> bytes``
("0/x001/067", "entries/000.p/70"), ``state() -> LogState(size, root, note)``, ``inclusion(index, size=None)``,
``consistency(old, new)``. ``log_export.export(ledger.log, folder, progress=None) -> int`` writes static tiles.

``erasure.announced(event)``: what a ``governance.section_erased`` takes away; the appender erases it in the same
transaction, the audit compares.

``trace``: ``history(unit, chain, before=None, limit=50) -> list[Moment]``; ``stock(unit, batch)``,
``stock_at(unit, batch, at_ms)``, ``stock_as_known(unit, batch, at_ms)`` -> Mapping[account, milligrams];
``unit`` is ``ledger.store.read()`` as a context manager.

``audit.audit(store, reference=None, signer_state=None, progress=None) -> dict`` with ok, depth, events, records,
log_size, findings [{kind, where, detail}]; ``audit.audit_evidence(store, signer_state=None, progress=None)`` says the
same of bytes, chains and log alone, much faster. ``backup.backup(store, path)``; ``backup.restore(path, url) -> dict``
(the audit's result). ``rebuild.rebuild(store, progress=None) -> int`` makes every projection again.

``log_key.make(path, origin, entropy) -> Signer``, ``log_key.load(path, origin) -> Signer`` (0600, refused otherwise).
``policy.decide(subject, action, object) -> Allow(level) | Deny(code)``, ``policy.can_state(subject, type)``: the one
policy, pure, with its tables in ``policy_tables``. ``identity``: people and programs, one use case a module.
``access.issue_key(ledger, org, role=, label=, expires_at_ms=) -> secret``: a key that reads; ``access.revoke_key``;
``access.issue_login_link(ledger, org, role=, valid_ms=, uses=1) -> token``: for demos. Only hashes of secrets are
stored.
``incidents.issue(ports, issuer, reason, hours) -> Issued(id, code, expires_at_ms)``, ``check(ports, code) ->
Authority``, ``note``, ``end``, ``listing``: codes with which others see quantities for hours.
``clock.SystemClock()``, ``clock.SetClock(ms)`` (``.set(ms)``); ``entropy.SystemEntropy()``, ``SeededEntropy(seed)``.

The simple form: {"id", "type", "mode", "actor", "occurred_at", "not_after"?, "refs"?, "sections": {name: content}},
refs being [{"rel", "hash", "origin"?}]. The signed form: {"header": {...}, "signatures": [{"key", "sig"}],
"disclosures": [[salt, name, content]]}.
"""
