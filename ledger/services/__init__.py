"""Use cases, one module each: append, intake, log, trace, evidence, audit, access."""
