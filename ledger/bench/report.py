"""The figures as tables for a person."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group
from rich.table import Table

from ledger.bench import clones
from ledger.bench.breakdown import NAME
from ledger.bench.frame import Measured, Target


def tables(measured: Sequence[Measured], machine: Mapping[str, Any]) -> Group:
    """The pairs with their targets, the stages of an append, the curve of copied labels, and the machine."""
    stages = [one for one in measured if one.name.startswith(NAME + ": ")]
    copies = [one for one in measured if one.name.startswith(clones.NAME + ": ")]
    pairs = [one for one in measured if one not in stages and one not in copies]
    shown: list[Table | str] = []
    if pairs:
        shown.append(_pairs(pairs))
    if stages:
        shown.append(_stages(stages))
    if copies:
        shown.append(_copies(copies))
    shown.append(", ".join(f"{name} {value}" for name, value in machine.items()))
    return Group(*shown)


def _pairs(pairs: Sequence[Measured]) -> Table:
    table = Table("measure", "figure", "against", "ratio", "spread", "target", title="基准 / Benchmark")
    for place in (1, 3, 4):
        table.columns[place].justify = "right"
    for one in pairs:
        table.add_row(
            one.name,
            f"{figure(one.value)} {one.unit}",
            one.against,
            figure(one.ratio),
            f"{one.spread:.0%}",
            "" if one.target is None else _target(one, one.target),
        )
    return table


def _target(one: Measured, target: Target) -> str:
    sign = "≥" if target.bound == "at least" else "≤"
    unit = "" if target.of == "ratio" else f" {one.unit}"
    met = target.met(one)
    return f"[{'green' if met else 'red'}]{sign} {target.limit:g}{unit}: {'met' if met else 'not met'}"


def _stages(stages: Sequence[Measured]) -> Table:
    table = Table("stage", "figure", "part", title="一次追加的时间 / Where the time of one append goes")
    for place in (1, 2):
        table.columns[place].justify = "right"
    for one in stages:
        table.add_row(one.name.removeprefix(NAME + ": "), f"{one.value:,.1f} {one.unit}", f"{one.ratio:.1%}")
    return table


def _copies(copies: Sequence[Measured]) -> Table:
    table = Table(
        "setting", "figure", "false alarms a million lives, at most", "target", title="仿制标签 / Copied labels"
    )
    for place in (1, 2):
        table.columns[place].justify = "right"
    for one in copies:
        alarms = figure(one.ratio) if one.against.startswith("false alarms") else ""
        target = "" if one.target is None else _target(one, one.target)
        table.add_row(one.name.removeprefix(clones.NAME + ": "), f"{figure(one.value)} {one.unit}", alarms, target)
    return table


def figure(value: float) -> str:
    """A figure with about three digits."""
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.3g}"
