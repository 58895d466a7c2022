"""The grid on a local Slurm of two nodes against the same grid without Slurm: the tables must be the same bytes.

    python tools/slurm_test.py [--config config/smoke.yaml] [--quick] [--faults] [--seed 0]  (root; see slurm_local.sh)

With --faults the run on Slurm is disturbed four times, at moments drawn from the seed, and started again: a running
job is cancelled, a node goes down, the controller is killed and restarted, the submitting process is killed. Before,
a job that takes more memory than it asked for, and with --faults one that takes more time, must be killed by Slurm and
succeed when it is submitted again with more.
"""
import argparse, os, random, shutil, signal, subprocess, sys, tempfile, time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
LOCAL = [sys.executable, "-m", "snakemake", "--nolock", "--rerun-incomplete", "--quiet", "all"]


def run(config: Path, to: Path, *options: str) -> subprocess.Popen:
    "Start the grid of a configuration."
    places = ["--config", f"file={config}", f"results={to / 'results'}", f"figures={to / 'figures'}"]
    with open(to.with_suffix(".log"), "ab") as log:
        return subprocess.Popen([*LOCAL, *options, *places], cwd=ROOT, stdout=log, stderr=log, start_new_session=True)


def tables(to: Path) -> dict[str, bytes]:
    "File -> content of what the grid wrote for readers."
    return {path.relative_to(to).as_posix(): path.read_bytes() for path in sorted((to / "figures").rglob("*"))
            if path.is_file()}


def cluster(command: str, folder: Path) -> None:
    "Start or stop a part of the local Slurm."
    subprocess.run(["bash", "tools/slurm_local.sh", command, folder], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def jobs() -> list[str]:
    "The jobs that run now."
    found = subprocess.run(["squeue", "--noheader", "--states=R", "--format=%i"], capture_output=True, text=True)
    return found.stdout.split()


def until_jobs_run(process: subprocess.Popen, draw: random.Random) -> None:
    "Wait for a running job, and then some seconds."
    while not jobs() and process.poll() is None: time.sleep(0.5)
    time.sleep(draw.uniform(0, 6))


def cancelled(slurm: Path, process: subprocess.Popen) -> None:
    for job in jobs()[:1]: subprocess.run(["scancel", job], check=True)


def node_down(slurm: Path, process: subprocess.Popen) -> None:
    os.kill(int((slurm / "slurmd.node2.pid").read_text()), signal.SIGKILL)
    subprocess.run(["scontrol", "update", "nodename=node2", "state=down", "reason=test"], check=True)
    time.sleep(10)
    cluster("node2", slurm)
    subprocess.run(["scontrol", "update", "nodename=node2", "state=resume"], check=False) # it may have come back itself


def controller_restarted(slurm: Path, process: subprocess.Popen) -> None:
    os.kill(int((slurm / "slurmctld.pid").read_text()), signal.SIGKILL)
    time.sleep(5)
    cluster("controller", slurm)


def submitter_killed(slurm: Path, process: subprocess.Popen) -> None:
    os.killpg(process.pid, signal.SIGKILL)


def disturbed(config: Path, to: Path, slurm: Path, profile: str, seed: int) -> None:
    "Run the grid on Slurm with up to four faults; after each, the command is given again should it have ended."
    draw, process = random.Random(seed), run(config, to, "--profile", profile)
    for fault in (submitter_killed, cancelled, node_down, controller_restarted):
        until_jobs_run(process, draw)
        if process.poll() == 0: return print(f"slurm_test: the grid was done before {fault.__name__}", flush=True)
        print(f"slurm_test: {fault.__name__}", flush=True)
        fault(slurm, process)
        if fault is submitter_killed:
            process.wait()
            while jobs(): time.sleep(1) # whose jobs run on: they end before the command is given again
        if process.poll() is not None: process = run(config, to, "--profile", profile)
    for _ in range(3):
        if process.wait() == 0: return
        process = run(config, to, "--profile", profile)
    sys.exit(f"slurm_test: the disturbed run did not end; see {to.with_suffix('.log')}")


QUICK = dict(methods=dict(emb_gnn=dict(hops=[1])), routers=dict(SimRouter={}), holdout=None)
GREEDY = """
rule greedy:
    output: "done"
    resources: mem_mb=lambda w, attempt: {mb} * attempt, runtime=lambda w, attempt: attempt
    shell: "echo >> tries; {python} -c 'import time; x = b\\"x\\" * (300 << 20); time.sleep({seconds})' && touch done"
"""


def retried(folder: Path, profile: str, mb: int, seconds: int) -> None:
    "A job of 300 MB that asks for `mb` MB and a minute, killed at its first try, gets there at a later one."
    folder.mkdir()
    (folder / "tries").touch()
    (folder / "Snakefile").write_text(GREEDY.format(mb=mb, seconds=seconds, python=sys.executable))
    with open(folder / "log", "wb") as log:
        failed = subprocess.call([*LOCAL, "--profile", ROOT / profile], cwd=folder, stdout=log, stderr=log)
    tries = len((folder / "tries").read_text().splitlines())
    if failed or tries < 2: sys.exit(f"slurm_test: {folder.name}: {tries} tries, expected a kill and a success; "
                                     f"see {folder}/log")
    print(f"slurm_test: {folder.name}: killed, and done at try {tries} with more", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", default="config/smoke.yaml", help="the grid to run")
    parser.add_argument("--profile", default="profiles/slurm")
    parser.add_argument("--quick", action="store_true", help="one method and one router of the grid")
    parser.add_argument("--faults", action="store_true", help="disturb the run on Slurm")
    parser.add_argument("--seed", type=int, default=0, help="of the moments of the faults")
    args = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="slurm-"))
    config = work / "config.yaml"
    content = yaml.safe_load((ROOT / args.config).read_text()) | (QUICK if args.quick else {})
    config.write_text(yaml.safe_dump(content))
    plain, slurm = work / "plain", work / "slurm"
    if run(config, plain, "--cores", "2").wait(): sys.exit(f"slurm_test: failed without Slurm; see {plain}.log")
    cluster("start", work / "cluster")
    try:
        retried(work / "memory", args.profile, 200, 5)
        if args.faults: retried(work / "time", args.profile, 1000, 95) # Slurm looks every half minute
        if args.faults: disturbed(config, slurm, work / "cluster", args.profile, args.seed)
        elif run(config, slurm, "--profile", args.profile).wait(): sys.exit(f"slurm_test: failed; see {slurm}.log")
    finally: cluster("stop", work / "cluster")
    one, other = tables(plain), tables(slurm)
    if differ := sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name)):
        sys.exit(f"slurm_test: {len(differ)} of {len(one)} files differ, first {differ[0]}; see {work}")
    print(f"slurm_test: all {len(one)} files of tables and figures are the same bytes")
    shutil.rmtree(work)


if __name__ == "__main__": main()
