"""Tables, engines, the unit of work: the only package that speaks SQL.

What is where, from the outside in:

- ``unit_of_work``: ``Store.open(url)``; ``with store.write() as unit`` (leaving it commits, nothing else does),
  ``with store.read() as unit`` (one state, however long it takes). Both units carry the repositories below.
- ``rows``: the named tuples that go in and come out, in the order of the tables' columns.
- ``unit.events`` (``events``): what actors stated, by (actor, id), index or hash; sections; erasure.
- ``unit.chains`` (``chains``): links, guarded chain heads, histories, the heads as of a log size.
- ``unit.log`` (``log``): records, record hashes, complete tiles, the compared-and-swapped checkpoint.
- ``unit.entries`` (``entries``): everything stored about each index, in order, with flat memory.
- ``unit.streams`` (``streams``): whole tables row by row, for backups and to compare projections with a rebuild.
- ``unit.guards`` (``guards``): are the append-only triggers in place.
- ``unit.projections`` (``projections``): loads for the append path, writes by the projector, clear and rebuild.
- ``unit.queries`` (``queries``): pages of stock, kilograms, findings, ancestry, codes, master data.
- ``unit.authorities`` (``authorities``): what authorities asked of whom, what they show each other for a time.
- ``unit.papers`` (``papers``): photographed papers outside the chains, by the hash that events state; erasure.
- ``dealings``: transfers and shipments of a scope, searched; ``stock_search``: what lines of stock are looked for.
- ``unit.manifests`` (``manifests``), ``unit.operations`` (``operations``): manifests; refusals, keys, logins, facts.
- ``faults``: what database errors mean: busy, fault, constraint, guard, commit unknown.
- ``tables``: the schema; ``migrate``: making and upgrading it.
- ``engines``: from a URL to safe SQLite or PostgreSQL connections; ``sql``: statements over many rows at once.
- ``scratch``: an empty store of flat memory, for what one run has to put aside.
- ``lock``: the one writer of a ledger; ``backup``: one portable file from either database and back into either.
"""
