"""The code files that a step stands on: what a run notebook imports, and what that imports in turn."""
import ast, importlib.util
from functools import cache

import grimp
import nbformat

PACKAGE = "routeprofile"


@cache
def _imports() -> grimp.ImportGraph:
    return grimp.build_graph(PACKAGE)


def _imported(source: str) -> set[str]:
    "The modules of our package that a text of Python names in its imports."
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import): found |= {alias.name for alias in node.names}
    return {name for name in found if name in _imports().modules}


@cache
def code_files(
    notebook: str, # path of a run notebook
    *modules: str, # further modules, e.g. of a profile method's builder; may belong to another package
) -> list[str]: # the notebook and every module file behind it, sorted
    "The files whose change makes a step's result another one."
    cells = nbformat.read(notebook, 4).cells
    roots = {name for cell in cells if cell.cell_type == "code" for name in _imported(cell.source)}
    roots |= {name for name in modules if name in _imports().modules}
    names = roots.union(*(_imports().find_upstream_modules(name) for name in roots)) - {PACKAGE}
    names |= set(modules) - set(_imports().modules)
    return [notebook, *sorted({importlib.util.find_spec(name).origin for name in names})]
