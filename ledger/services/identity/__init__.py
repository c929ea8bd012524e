"""People and programs of organisations: how they come in, and who may change what about whom. Beside the ledger.

One use case a module; each takes ``Ports`` first. What a subject may do at all is for ``ledger.services.policy``.

    ports        Ports: ledger, clock, entropy, passwords, challenges, the site that browsers know
    passwords    Argon2id, so many at a time; what a new password must be
    challenges   what an authenticator signs: made without storing, good once and for minutes
    logins       the form of login names; failed attempts, bounded
    invitations  one-time links: to become a user, or to set a new password
    administrators  the first administrator of an organisation
    entering     with a password, with a passkey, with both
    passkeys     enrolling, using and dropping WebAuthn credentials
    sessions     of browsers: found, rotated, ended; the purpose of a regulator's
    users        names, roles, disabling; a user's own password
    devices      scanners and phones
    clients      programs: secrets, and tokens of fifteen minutes
    reads        what regulators and parks read, for which purpose

Secrets are 256 random bits; the store keeps their SHA-256 alone. Errors are those of ``ledger.errors``; what another
organisation has is not there (NotFoundError).
"""
