"""axe-core in Chromium: what is wrong with a page by WCAG 2.2, levels A and AA, and by good practice."""

from pathlib import Path
from typing import Any, Final

from playwright.sync_api import BrowserContext, Page

SOURCE: Final = Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js"
TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
RUN: Final = """async tags => (await axe.run(document,
    {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})).violations
  .map(v => ({id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.map(n => n.html.slice(0, 160))}))"""
GRAVE: Final = frozenset({"serious", "critical"})


def equip(context: BrowserContext) -> None:
    """Have every page of this browser know axe; the page's own rules of content do not bind what a test brings."""
    context.add_init_script(path=SOURCE)


def faults(page: Page) -> list[str]:
    """What is seriously wrong with the page that is open: rule, and the first elements it is about."""
    found: list[dict[str, Any]] = page.evaluate(RUN, list(TAGS))
    return [f"{fault['id']}: {fault['help']}: {fault['nodes'][:3]}" for fault in found if fault["impact"] in GRAVE]
