"""Execute a parameterised notebook with papermill; refuse a parameter that the notebook does not have.

    python tools/run_notebook.py nbs/paper/profile.ipynb executed.ipynb mode=standard method=flat hops='[0]'
"""
import os, sys
from pathlib import Path

import papermill as pm
import yaml
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from processes import end_with_parent, private_kernel
from routeprofile.escape import redacted, terminal_text


def fail(text: str):
    print(terminal_text(f"run_notebook: {text}", lines=True), file=sys.stderr)
    sys.exit(2)


def main(source: str, target: str, *assignments: str) -> None:
    end_with_parent()
    known = pm.inspect_notebook(source)
    given = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals: fail(f"found {assignment!r}, expected name=value")
        if name not in known: fail(f"{source} has no parameter {name!r}, expected one of {', '.join(known)}")
        given[name] = yaml.safe_load(value)
    part = Path(target).with_name(f".{Path(target).stem}.{os.getpid()}.ipynb")
    try: part.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error: fail(f"{part.parent}: cannot be made ({error.strerror})")
    try:
        with private_kernel() as kernel:
            pm.execute_notebook(source, part, given, progress_bar=False, kernel_name="python3", config=Config(kernel))
    except PapermillExecutionError as error:
        text = f"run_notebook: {source} failed in cell {error.exec_count}: {error.ename}: {error.evalue}"
        print(terminal_text(redacted(f"{text}\nThe executed notebook: {target}"), lines=True), file=sys.stderr)
        sys.exit(2 if error.ename == "RouteProfileError" else 1)
    except OSError as error: fail(f"{target}: cannot be written ({error.strerror or error})")
    finally:
        if part.exists(): os.replace(part, target)


if __name__ == "__main__":
    if len(sys.argv) < 3: fail(__doc__)
    main(*sys.argv[1:])
