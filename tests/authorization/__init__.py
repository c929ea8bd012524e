"""Who may ask what: every route, every kind of subject, every kind of object, over a real ledger."""
