"""The README's computed parts: every number and every claim comes from a committed result file."""
import json
import re
from pathlib import Path

import pandas as pd

from routeprofile.analysis.comparisons import CLAIM_VERDICTS, VERDICTS
from routeprofile.analysis.encoder_effect import order_kept
from routeprofile.registry import profile_methods, routers

FOLDER = "figures/published"
DATA_SETS = ("published", "dcrouter") # of real answers; each under `figures/`, where its pages were drawn


def page(name: str, folder: str = FOLDER) -> str:
    "A link to a page of results."
    return f"[`{name}.md`]({folder}/{name}.md)"


def interval(row) -> str:
    return f"{row['avg_performance']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"


def results_caption(figures: Path) -> str:
    "What the picture shows and how it was obtained."
    table, baselines = pd.read_csv(figures / "table1.csv"), pd.read_csv(figures / "baselines.csv")
    best = baselines.query("mode == 'standard' and baseline == 'best_single_training'").iloc[0]
    return (
        f"*Published data, released labels, encoder {table['encoder'].iat[0]}, {int(table['seeds'].max())} seeds, 95% "
        f"intervals over test queries and seeds. The grey line is the best single LLM in hindsight; "
        f"the one chosen on training data scores {interval(best)}.*"
    )


def small_table(figures: Path) -> str:
    "Table 1 at depth 2, and two baselines."
    table = pd.read_csv(figures / "table1.csv")
    baselines = pd.read_csv(figures / "baselines.csv").query("mode == 'standard'").set_index("baseline")
    columns = [name for name in routers() if (table["router"] == name).any()]
    rows = []
    for name, method in profile_methods().items():
        part = table[(table["method"] == name) & table["hops"].isin((0, 2))].set_index("router")
        if not len(part): continue
        label = method.label + (", 2 hops" if part["hops"].iat[0] else "")
        rows.append({"Profile": label, **{r: interval(part.loc[r]) for r in columns if r in part.index}})
    shown = {
        "best_single_training": "Best single LLM, by training data",
        "benchmark_cards_inferred": "Best LLM per benchmark (inferred), by model cards",
    }
    rows += [{"Profile": f"*{label}*", columns[0]: interval(baselines.loc[name])} for name, label in shown.items()]
    pages = ", ".join(map(page, ("table1", "table2", "newllm", "baselines")))
    note = (
        f"Average performance (standard); all of it in {pages}; under audited labels and without contaminated "
        f"queries in [`{FOLDER}/`]({FOLDER}/)."
    )
    return pd.DataFrame(rows).fillna("").to_markdown(index=False) + f"\n\n{note}"


def trained(table: pd.DataFrame) -> pd.DataFrame:
    "The runs of routers that are trained."
    known = routers()
    return table[[name in known and known[name].trained for name in table["router"]]]


def beats_best_single(figures: Path) -> str:
    "First finding: runs against the best single LLM."
    counts = {}
    for variant in ("", "audited/"):
        found = pd.read_csv(figures / variant / "comparisons.csv")
        found = found.query("mode == 'standard' and baseline == 'best single'")
        counts[variant] = {word: int((found["verdict"] == word).sum()) for word in ("better", "worse")}
        counts[variant]["all"] = len(found)
    released, audited = counts.values()
    better = "None" if not released["better"] else released["better"]
    return (
        f"**{better} of {released['all']} runs {'beats' if released['better'] == 1 else 'beat'} always choosing the "
        f"best single LLM** under the released labels, {released['worse']} are worse (paired bootstrap, Holm); "
        f"under audited labels {audited['better'] or 'none'} of {audited['all']} better and {audited['worse']} worse "
        f"({page('comparisons')}, {page('audited/comparisons')})."
    )


def gains_from_profiles(figures: Path) -> str:
    "Second finding: a random vector per LLM against the other profiles."
    parts = []
    for name, part in trained(pd.read_csv(figures / "table1.csv")).groupby("router", sort=False):
        index, others = part[part["method"] == "index"], part[part["method"] != "index"]
        if not len(index) or not len(others): continue
        index, top = index.iloc[0], others["avg_performance"].max()
        where = "inside" if index["low"] <= top <= index["high"] else "outside"
        parts.append(
            f"under {name} a random vector per LLM scores {interval(index)}, the largest of {len(others)} other "
            f"profiles {top:.3f}, {where} that interval"
        )
    return f"**What a trained router gains from the profile**: {'; '.join(parts)} ({page('table1')})."


def new_llms(figures: Path) -> str:
    "Third finding: cold start."
    table, baselines = pd.read_csv(figures / "newllm.csv"), pd.read_csv(figures / "baselines.csv")
    learned, lead = trained(table), table.loc[table["cold_start"].idxmax()]
    always = baselines.query("mode == 'newllm' and baseline.str.startswith('constant:')")["cold_start"].max()
    return (
        f"**A new LLM**: {(learned['cold_start'] < 0.03).sum()} of {len(learned)} runs of trained routers have a cold "
        f"start below 0.03; the largest of all runs is {lead['cold_start']:.3f} ({lead['router']} on {lead['method']}, "
        f"{lead['cold_share']:.0%} of the choices), and always choosing the new LLM gives {always:.3f} "
        f"({page('newllm')}; with every LLM held out once: {page('holdout')})."
    )


def ends(row, name: str, sign: str = "+") -> str:
    "A number with its interval, in columns named after it or `low` and `high`."
    low, high = (row[f"{name}_{end}" if f"{name}_{end}" in row else end] for end in ("low", "high"))
    return f"{row[name]:{sign}.3f} [{low:{sign}.3f}, {high:{sign}.3f}]"


def difference(figures: Path, method: str, mode: str = "standard") -> str:
    "A method under the expected-performance router against the best single LLM, with the verdict."
    rows = pd.read_csv(figures / "comparisons.csv").query("baseline == 'best single' and router == 'ExpectedRouter'")
    row = rows[(rows["mode"] == mode) & (rows["method"] == method)].iloc[0]
    return f"{row['difference']:+.3f} [{row['low']:+.3f}, {row['high']:+.3f}] ({row['verdict']})"


def competence(figures: Path) -> str:
    "Fourth finding: the competence design that training queries select, whatever it scores."
    chosen = {mode: pd.read_csv(figures / f"selection_{mode}.csv").query("selected")["design"].iat[0]
              for mode in ("standard", "newllm")}
    method = {mode: "competence" if design.startswith("gp") else "shrinkage" for mode, design in chosen.items()}
    of = lambda name: pd.read_csv(figures / name).query("router == 'ExpectedRouter'").set_index("method")
    table, new, held = (of(name) for name in ("table1.csv", "newllm.csv", "holdout.csv"))
    cost = pd.read_csv(figures / "cost.csv").set_index("policy")
    saved, lead = cost.loc["router, as good as the best single LLM"], cost.loc["AIQ, difference"]
    fresh, every = new.loc[method["newllm"]], held.loc[method["newllm"]]
    names = ("table1", "selection_standard", "cost", "newllm", "bonus", "holdout")
    pages = ", ".join(map(page, names))
    ours, audited = (difference(folder, method["standard"]) for folder in (figures, figures / "audited"))
    return (
        f"**Competence profiles**: training queries select *{chosen['standard']}*; under the expected-performance "
        f"router it scores {interval(table.loc[method['standard']])}, {ours} against the best single LLM, and under "
        f"audited labels {audited}. At the "
        f"price λ that training queries fix, it costs {saved['cost_ratio']:.2f} of the best single LLM and differs "
        f"from it by {ends(saved, 'difference')}; its AIQ is {ends(lead, 'quality')} above mixtures of single LLMs. "
        f"With a new LLM (*{chosen['newllm']}*): {fresh['avg_performance']:.3f}, cold start "
        f"{fresh['cold_start']:.3f}; mean over {int(every['llms'])} held-out LLMs "
        f"{ends(every, 'avg_performance', '')} ({pages})."
    )


def encoders(figures: Path) -> str:
    "Finding: what the encoder, and cutting long texts off, changes; empty where no page was drawn."
    path = figures / "encoders.csv"
    if not path.is_file(): return ""
    table = pd.read_csv(path)
    parts = []
    for name, rows in order_kept(table).query("designs > 2").groupby("setting", sort=False):
        changes = [f"rank correlation {row.rank_correlation:.2f} under {row.router} (largest change "
                   f"{row.largest_change:+.3f})" for row in rows.itertuples()]
        parts.append(f"with *{name}* {', '.join(changes)}")
    own = table.query("router == 'ExpectedRouter' and method == 'competence'")
    levels = ", ".join(f"{row.avg_performance:.3f} ({row.setting})" for row in own.itertuples())
    return (f"**The encoder**: against the order of designs with *{table['setting'].iat[0]}*, {'; '.join(parts)}. "
            f"Competence under the expected-performance router: {levels} ({page('encoders')}).")


def second_benchmark(figures: Path) -> str:
    "Finding: the second benchmark; empty where it was not run."
    folder = figures.parent / "dcrouter"
    if not (folder / "comparisons.csv").is_file(): return ""
    rows = pd.read_csv(folder / "comparisons.csv").query("mode == 'standard'")
    counts = {word: int((rows.query("baseline == 'best single'")["verdict"] == word).sum()) for word in VERDICTS}
    baselines = pd.read_csv(folder / "baselines.csv").query("mode == 'standard'").set_index("baseline")
    own, parts = rows.query("router == 'ExpectedRouter' and method == 'competence'").set_index("baseline"), []
    for name in ("best single", "nearest queries"):
        row = own.loc[name]
        parts.append(f"{ends(row, 'difference')} against {name} ({row['verdict']})")
    llms = baselines.index.str.startswith("constant:").sum()
    score = pd.read_csv(folder / "table1.csv").query("router == 'ExpectedRouter' and method == 'competence'").iloc[0]
    return (f"**A second benchmark** (DCRouter, {llms} LLMs without model cards): of {sum(counts.values())} runs "
            f"{counts[VERDICTS[0]]} beat the best single LLM, {counts[VERDICTS[1]]} are worse. Competence from "
            f"training scores alone: {interval(score)}, {', '.join(parts)}; the best single LLM has "
            f"{interval(baselines.loc['best_single_training'])}, nearest queries {interval(baselines.loc['knn'])} "
            f"({page('comparisons', 'figures/dcrouter')}, {page('table1', 'figures/dcrouter')}).")


def claims(figures: Path) -> str:
    "Last finding: verdicts on the paper's claims, for every data set and labels; empty where no page was drawn."
    parts, pages = [], []
    for data in DATA_SETS:
        for variant, labels in {"": "released", "audited/": "audited"}.items():
            path = figures.parent / data / variant / "claims.csv"
            if not path.is_file(): continue
            verdicts = []
            for name, tests in pd.read_csv(path).groupby("claim", sort=False):
                better, worse = ((tests["verdict"] == word).sum() for word in VERDICTS[:2])
                counts = f" ({better} better, {worse} worse of {tests['verdict'].notna().sum()})"
                word = tests["claim_verdict"].iat[0]
                verdicts.append(f"{name} *{word}*" + counts * (word != CLAIM_VERDICTS[3]))
            parts.append(f"{data}, {labels} labels: {', '.join(verdicts)}")
            pages.append(page(f"{variant}claims", f"figures/{data}"))
    if not parts: return ""
    return f"**The paper's claims**, tested under every router: {'; '.join(parts)} ({', '.join(pages)})."


def findings(figures: Path) -> str:
    "The findings; their words follow from the numbers."
    found = [beats_best_single(figures), gains_from_profiles(figures), new_llms(figures)]
    if (figures / "selection_standard.csv").is_file(): found.append(competence(figures))
    found += [line for make in (encoders, second_benchmark, claims) if (line := make(figures))]
    return "\n".join(f"{n}. {line}" for n, line in enumerate(found, 1))


def layout(root: Path) -> str:
    "A row per notebook: its module and its promise."
    rows = []
    for path in sorted((root / "nbs").glob("[0-9]*.ipynb")):
        cells = ["".join(c["source"]) for c in json.loads(path.read_text())["cells"]]
        promise = re.search(r"^> (.*)$", cells[1], re.M)[1]
        module = "routeprofile." + re.search(r"default_exp (\S+)", cells[0])[1].removesuffix(".__init__")
        rows.append(f"| [`{path.stem}`](nbs/{path.name}) | `{module.removesuffix('.__init__')}` | {promise} |")
    rows.append("| [`paper/*`](nbs/paper) | – | Parameterised runs, tables and figures, executed by papermill. |")
    rows.append("| [`tests/*`](nbs/tests) | – | Fault injection, servers, the grid as a whole. |")
    return "\n".join(["| notebook | module | |", "|---|---|---|", *rows])
