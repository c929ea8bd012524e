"""Which problem codes the source gives, found in its syntax trees.

A code is given where an error or a `Problem` is made with a literal, or where a function that hands its parameter
`code` on to one of these is called with a literal.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("ledger", "api", "labels")
ROOTS: Final = frozenset({"HazledgerError", "Problem"})


@dataclass(frozen=True, slots=True)
class Given:
    """A code and where it is given."""

    code: str
    where: str


def trees() -> dict[str, ast.Module]:
    """Return the syntax tree of every source file by its path."""
    files = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in files}


def literals(modules: dict[str, ast.Module]) -> frozenset[str]:
    """Return every string that stands in the source by itself, docstrings aside."""
    return frozenset(
        node.value
        for module in modules.values()
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def given(modules: dict[str, ast.Module]) -> list[Given]:
    """Return every literal code that is certainly handed to an error or a problem."""
    makers = dict.fromkeys(_error_classes(modules), 0) | _wrappers(modules)
    return [
        Given(code, f"{path}:{call.lineno}")
        for path, module in modules.items()
        for call in _calls(module)
        if (position := makers.get(_name(call.func))) is not None
        for code in _codes(_argument(call, position))
    ]


def _error_classes(modules: dict[str, ast.Module]) -> set[str]:
    """Return `Problem`, the root of the errors and all classes below it whose first parameter is a code."""
    classes = [node for module in modules.values() for node in ast.walk(module) if isinstance(node, ast.ClassDef)]
    found = set(ROOTS)
    while True:
        more = {node.name for node in classes if any(_name(base) in found for base in node.bases) and _takes_code(node)}
        if more <= found:
            return found
        found |= more


def _takes_code(node: ast.ClassDef) -> bool:
    made = [item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"]
    return all(len(item.args.args) > 1 and item.args.args[1].arg == "code" for item in made)


def _wrappers(modules: dict[str, ast.Module]) -> dict[str, int]:
    """Return the functions with a parameter `code` that make an error or a problem of it: name -> its position."""
    classes = _error_classes(modules)
    found: dict[str, int] = {}
    for module in modules.values():
        for node in ast.walk(module):
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("__"):
                continue
            names = [argument.arg for argument in node.args.posonlyargs + node.args.args if argument.arg != "self"]
            if "code" in names and any(_hands_on(call, classes) for call in _calls(node)):
                found[node.name] = names.index("code")
    return found


def _hands_on(call: ast.Call, classes: set[str]) -> bool:
    argument = _argument(call, 0)
    return _name(call.func) in classes and isinstance(argument, ast.Name) and argument.id == "code"


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _argument(call: ast.Call, position: int) -> ast.expr | None:
    if len(call.args) > position and not any(isinstance(part, ast.Starred) for part in call.args[: position + 1]):
        return call.args[position]
    return next((part.value for part in call.keywords if part.arg == "code"), None)


def _codes(node: ast.expr | None) -> list[str]:
    if isinstance(node, ast.IfExp):
        return _codes(node.body) + _codes(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []
