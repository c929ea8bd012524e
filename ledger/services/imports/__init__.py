"""Products, containers and opening stock from tables: CSV or XLSX in, one result a row out.

    table = tables.read(kind, body, media_type)         # FormatError: not a table within the bounds
    importer = run.Importer(ledger)
    importer.preview(org, auth, table) -> Report         # nothing is written
    importer.commit(org, auth, table, all_or_nothing=True, progress=None) -> Report
    jobs = jobs.Jobs(importer, store, clock)             # the same for a page: checked, left and come back to

``columns.KINDS`` names the kinds and their columns. The ids of events follow from the organisation, the kind, the
digest of the file and the row; those of products, containers and batches from what they are called. So a file that is
sent again goes on where it ended, and one that was mended adds nothing twice.
"""
