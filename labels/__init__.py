"""Labels and transport papers, made from plain dataclasses.

``content`` says what stands on a label, ``layout`` where: a ``drawing`` in millimetres, which ``sheets`` (PDF),
``raster`` (PNG), ``svg`` and ``zpl`` print. ``payload`` is what the symbol says, ``symbol`` draws it; ``statements``
and ``words`` are the texts, ``pictograms`` the drawings, ``vector`` and ``outlines`` their shapes and those of letters.
``waybill`` is the transport document, on ``paper``.
"""
