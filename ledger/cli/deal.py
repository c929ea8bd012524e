"""``hazledger demo --story transfer``: one deal, step by step, with every kilogram after each step."""

import json
from typing import Final

from rich.console import Console
from rich.table import Table

from ledger.bootstrap import tell_deal
from ledger.config import Settings
from ledger.demo.build import Plan
from ledger.demo.deal import Told
from ledger.demo.deal.stage import Step

EVIDENCE: Final = "transfer-evidence.json"


def tell(settings: Settings, plan: Plan, console: Console, *, as_json: bool) -> None:
    """Tell the story, keep the evidence in the data folder, and say who signed. Raises ConfigurationError."""
    told = tell_deal(settings, plan)
    file = settings.data / EVIDENCE
    file.write_bytes(told.evidence)
    if as_json:
        console.file.write(json.dumps({**told.content(), "evidence": str(file)}, ensure_ascii=False) + "\n")
        return
    for place, step in enumerate(told.steps, 1):
        _show(console, place, step)
    _end(console, told)
    console.print(f"hazledger verify {file}", highlight=False)


def _show(console: Console, place: int, step: Step) -> None:
    outcome = "" if step.taken else f"  ✗ {', '.join(step.refused)}"
    signed = f"{step.signed_by} signature{'' if step.signed_by == 1 else 's'}"
    console.print(f"[bold]{place:2} {step.title}[/bold]{outcome}", highlight=False)
    console.print(f"   {step.type} · {step.actor} · {signed}", style="dim", highlight=False)
    if step.findings:
        console.print(f"   findings: {', '.join(step.findings)}", highlight=False)
    table = Table("batch", "owner / custodian, or account", "kg", box=None, padding=(0, 2))
    table.columns[2].justify = "right"
    for batch, sums in step.accounts.items():
        for account, kilograms in sums.items():
            table.add_row(batch, account, kilograms)
    console.print(table)


def _end(console: Console, told: Told) -> None:
    verdict = "genuine" if told.report.genuine else "NOT genuine"
    console.print(f"{told.transfer}: {told.status}; {len(told.report.records)} records, {verdict}", highlight=False)
    for role, firm in told.signed.items():
        console.print(f"  {role}: signed by {firm}", highlight=False)
