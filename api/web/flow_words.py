"""Drawings of flow and trace in the reader's words."""

from typing import Final

from markupsafe import Markup

from api import words
from api.drawing import flow, tree
from api.figures import kg_figure
from api.i18n import N_, Translator
from api.views import FlowBand, FlowView, TraceNode, TraceView
from api.views.flow import OTHERS

OTHERS_IN: Final = N_("Came from others")
OTHERS_OUT: Final = N_("Went to others")
MADE_INTO: Final = N_("Went into %(batch)s")
MADE_FROM: Final = N_("Made from %(batch)s")
HOLDINGS: Final = "holdings"


def name_of(band: FlowBand, t: Translator, *, came: bool) -> str:
    """Return what a band is, in a few words: who has it, or where it came from or ended."""
    if band.account == HOLDINGS:
        who = "" if band.party is None else band.party.name.in_language(t.lang)
        if band.shipment:
            return t.say(N_("On the way: %(who)s"), who=who)
        return who if band.status in {None, "free"} else f"{who} · {words.word(words.STATUSES, band.status, t)}"
    if band.account == OTHERS:
        return t.gettext(OTHERS_IN if came else OTHERS_OUT)
    if band.batch_number is not None:
        return t.say(MADE_FROM if came else MADE_INTO, batch=band.batch_number)
    return words.word(words.ACCOUNTS, band.account, t)


def look_of(band: FlowBand, *, came: bool) -> flow.Look:
    """Return how a band is drawn."""
    if band.unaccounted:
        return "gap"
    if band.account == HOLDINGS:
        return "transit" if band.shipment else "stock"
    return "source" if came else "sink"


def flow_drawings(view: FlowView, t: Translator) -> Markup:
    """Return the flow in its form for a desk and that for a phone; the style sheet shows one of them."""
    forms = (("flow-w", flow.wide), ("flow-n", flow.narrow))
    drawn = "".join(draw(_picture(view, t, id_)) for id_, draw in forms)
    return Markup(drawn)  # noqa: S704 - every text in it was escaped where it was drawn


def _picture(view: FlowView, t: Translator, id_: str) -> flow.Picture:
    total = f"{kg_figure(view.total)} kg"
    names = [f"{name_of(band, t, came=False)} {kg_figure(band.mass)} kg" for band in view.went]
    return flow.Picture(
        id=id_,
        title=t.say(N_("Flow of batch %(number)s"), number=view.number),
        desc=t.say(
            N_("%(total)s came in. Where it is: %(list)s. The tables below say the same."),
            total=total,
            list=("；" if t.lang == "zh" else "; ").join(names),
        ),
        came=tuple(
            flow.Band(name_of(band, t, came=True), band.mass, look_of(band, came=True), f"#came-{place}")
            for place, band in enumerate(view.came)
        ),
        went=tuple(
            flow.Band(name_of(band, t, came=False), band.mass, look_of(band, came=False), f"#went-{place}")
            for place, band in enumerate(view.went)
        ),
        came_head=t.gettext(N_("Where it came from")),
        went_head=t.gettext(N_("Where it is")),
        total=total,
        rest=t.gettext(N_("others")),
    )


# --- trace ------------------------------------------------------------------------------------------------------------


def said_of(node: TraceNode, t: Translator, *, back: bool) -> str:
    """Return how much of the lot is in a batch, in one line."""
    if node.most is not None and not back:
        return t.say(N_("≤ %(most)s of %(present)s kg"), most=kg_figure(node.most), present=kg_figure(node.present))
    if node.most is not None:
        return t.say(N_("≤ %(most)s kg of it here"), most=kg_figure(node.most))
    if node.charged is not None:
        return t.say(N_("≤ %(most)s kg charged"), most=kg_figure(node.charged))
    return t.gettext(N_("ancestry only"))


def tree_drawings(view: TraceView, t: Translator) -> Markup | None:
    """Return the tree of a trace, None where it is too large to be read as one or there is nothing to draw."""
    if view.next is not None or not 0 < len(view.nodes) < tree.MOST_NODES:
        return None
    back = view.direction == "backward"
    drawn = _tree(view, t, back=back)
    both = tree.narrow(drawn) + (tree.wide(drawn) if tree.fits_wide(drawn) else "")
    return Markup(both)  # noqa: S704 - every text in it was escaped where it was drawn


def _tree(view: TraceView, t: Translator, *, back: bool) -> tree.Tree:
    own = t.say(N_("%(present)s kg in stock"), present=kg_figure(view.origin.present))
    nodes = [tree.Node(view.ref, view.origin.number, own, _address(view.ref), view.origin.recalled)]
    for node in view.nodes:
        said = said_of(node, t, back=back)
        nodes.append(tree.Node(node.ref, node.number, said, _address(node.ref), node.recalled))
    pairs = dict.fromkeys((edge.target, edge.source) if back else (edge.source, edge.target) for edge in view.edges)
    name = N_("What batch %(number)s was made of") if back else N_("What was made of batch %(number)s")
    return tree.Tree(
        id="tree",
        title=t.say(name, number=view.origin.number),
        desc=t.gettext(N_("Boxes are batches, lines say what went into what. The table below says the same.")),
        root=view.ref,
        nodes=tuple(nodes),
        lines=tuple(pairs),
    )


def _address(ref: str) -> str:
    return f"/batches/{ref.partition(':')[2]}"
