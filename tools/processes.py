"""Processes that end with the one that started them, kernels without a port, and a lock that ends with its holder."""
import ctypes, fcntl, os, re, signal, sys, tempfile
from contextlib import contextmanager
from pathlib import Path

HELD = []  # open lock files: a lock is held as long as its file is open
LEFT = re.compile(r"\..+\.(tmp|\d+\.ipynb)")  # temporary files of core.writing and of tools/run_notebook.py


def end_with_parent() -> None:
    "Let this process be ended when its parent dies, however that happens (Linux; elsewhere nothing is done)."
    if sys.platform != "linux": return
    parent, PR_SET_PDEATHSIG = os.getppid(), 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # an orderly end: the kernel is shut down too
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent: sys.exit(143)  # it died in between


@contextmanager
def private_kernel():
    "Settings, for traitlets' `Config`, of a kernel that listens to no port and shares no sockets."
    with tempfile.TemporaryDirectory(prefix="rp") as sockets:
        yield dict(KernelManager=dict(transport="ipc", ip=f"{sockets}/k"))


def hold(results: str | Path) -> None:
    "Be the only run that writes to a results folder, until this process ends; exit 2 that names another run."
    path = Path(results, ".running")
    path.parent.mkdir(parents=True, exist_ok=True)
    file = open(path, "a+")
    try: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        who = file.read().strip() or "its process is not known"
        sys.exit(f"reproduce: {results}: another run writes here ({who}). "
                 "Wait until it has ended, or stop it.")
    file.truncate(0)
    file.write(f"process {os.getpid()}\n")
    file.flush()
    HELD.append(file)


def remove_leftovers(*roots: str | Path) -> None:
    "Delete the temporary files of runs that were killed; to be called with the lock held."
    found = [path for root in roots for path in Path(root).rglob(".*") if path.is_file() and LEFT.fullmatch(path.name)]
    for path in found: path.unlink(missing_ok=True)
    if found: print(f"reproduce: removed {len(found)} files of a run that was killed", file=sys.stderr)
