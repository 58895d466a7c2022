"""The README's computed parts: every number and every claim comes from a committed result file."""
import json
import re
from pathlib import Path

import pandas as pd

from routeprofile.analysis.claims import CLAIMS
from routeprofile.analysis.comparisons import CLAIM_VERDICTS, VERDICTS
from routeprofile.analysis.encoder_effect import order_kept
from routeprofile.registry import profile_methods, routers

FOLDER = "figures/published"
DATA_SETS = ("published", "dcrouter") # of real answers; each under `figures/`, where its pages were drawn
LABELS = {"": "released", "audited/": "audited"} # folder of a data set's pages → their labels


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


def best_single(folder: Path, mode: str = "standard") -> pd.DataFrame:
    "The comparisons of every run of a mode with the best single LLM."
    return pd.read_csv(folder / "comparisons.csv").query("mode == @mode and baseline == 'best single'")


def counted(verdicts: pd.Series) -> tuple[int, int, int]:
    "How many comparisons are better, how many worse, and of how many."
    better, worse = (int((verdicts == word).sum()) for word in VERDICTS[:2])
    return better, worse, int(verdicts.notna().sum())


def beats_best_single(figures: Path) -> str:
    "First finding: runs against the best single LLM."
    better, worse, runs = counted(best_single(figures)["verdict"])
    audited_better, audited_worse, audited = counted(best_single(figures / "audited")["verdict"])
    return (
        f"**{better or 'None'} of {runs} runs {'beats' if better == 1 else 'beat'} always choosing the "
        f"best single LLM** under the released labels, {worse} are worse (paired bootstrap, Holm); "
        f"under audited labels {audited_better or 'none'} of {audited} better and {audited_worse} worse "
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


def selected(data: Path, mode: str = "standard") -> tuple[str, str]:
    "The competence design that training queries of a data set select, and its profile method."
    design = pd.read_csv(data / f"selection_{mode}.csv").query("selected")["design"].iat[0]
    return design, "competence" if design.startswith("gp") else "shrinkage"


def against(folder: Path, method: str, baseline: str = "best single", mode: str = "standard") -> str:
    "A method under the expected-performance router against a baseline, with the verdict."
    rows = pd.read_csv(folder / "comparisons.csv").query("router == 'ExpectedRouter'")
    row = rows[(rows["baseline"] == baseline) & (rows["mode"] == mode) & (rows["method"] == method)].iloc[0]
    return f"{ends(row, 'difference')} ({row['verdict']})"


def competence(figures: Path) -> str:
    "Fourth finding: the competence design that training queries select, whatever it scores."
    design, method = selected(figures)
    new_design, new_method = selected(figures, "newllm")
    of = lambda name: pd.read_csv(figures / name).query("router == 'ExpectedRouter'").set_index("method")
    table, new, held = (of(name) for name in ("table1.csv", "newllm.csv", "holdout.csv"))
    cost = pd.read_csv(figures / "cost.csv").set_index("policy")
    saved, lead = cost.loc["router, as good as the best single LLM"], cost.loc["AIQ, difference"]
    fresh, every = new.loc[new_method], held.loc[new_method]
    names = ("table1", "selection_standard", "cost", "newllm", "bonus", "holdout")
    pages = ", ".join(map(page, names))
    return (
        f"**Competence profiles**: training queries select *{design}*; under the expected-performance "
        f"router it scores {interval(table.loc[method])}, {against(figures, method)} against the best single LLM, and "
        f"under audited labels {against(figures / 'audited', method)}. At the "
        f"price λ that training queries fix, it costs {saved['cost_ratio']:.2f} of the best single LLM and differs "
        f"from it by {ends(saved, 'difference')}; its AIQ is {ends(lead, 'quality')} above mixtures of single LLMs. "
        f"With a new LLM (*{new_design}*): {fresh['avg_performance']:.3f}, cold start "
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
    better, worse, runs = counted(best_single(folder)["verdict"])
    baselines = pd.read_csv(folder / "baselines.csv").query("mode == 'standard'").set_index("baseline")
    design, method = selected(folder)
    score = pd.read_csv(folder / "table1.csv").query("router == 'ExpectedRouter'").set_index("method").loc[method]
    llms = baselines.index.str.startswith("constant:").sum()
    return (f"**A second benchmark** (DCRouter, {llms} LLMs without model cards): of {runs} runs "
            f"{better} beat the best single LLM, {worse} are worse. Of competence from "
            f"training scores alone, training queries select *{design}*: {interval(score)}, "
            f"{against(folder, method)} against the best single LLM, "
            f"{against(folder, method, 'nearest queries')} against nearest queries; the best single LLM has "
            f"{interval(baselines.loc['best_single_training'])}, nearest queries {interval(baselines.loc['knn'])} "
            f"({page('comparisons', 'figures/dcrouter')}, {page('table1', 'figures/dcrouter')}).")


def outcomes(verdicts: pd.Series) -> str:
    "Comparisons, counted, e.g. `2 better, 1 worse of 6`."
    return "{} better, {} worse of {}".format(*counted(verdicts))


def designs_of_the_paper(folder: Path, mode: str) -> str:
    "The paper's designs under every router against the best single LLM."
    own = [name for name, method in profile_methods().items() if method.in_design_space]
    rows = best_single(folder, mode)
    return outcomes(rows[rows["method"].isin(own)]["verdict"])


def claim_outcome(folder: Path, claim: str) -> str:
    "What the tests say of a claim."
    tests = pd.read_csv(folder / "claims.csv").query("claim == @claim")
    if not len(tests): return CLAIM_VERDICTS[3]
    word = tests["claim_verdict"].iat[0]
    return f"*{word}*" + f" ({outcomes(tests['verdict'])})" * (word != CLAIM_VERDICTS[3])


def at_a_glance(figures: Path) -> str:
    "What helps, what does not, and on which data: a column for each data set and its labels; empty without a page."
    columns, pages = {}, []
    for data in (figures.parent / name for name in DATA_SETS):
        for variant, labels in LABELS.items():
            folder = data / variant
            if not (folder / "claims.csv").is_file(): continue
            method, new = selected(data)[1], selected(data, "newllm")[1]
            columns[f"{data.name}, {labels} labels"] = {
                "The paper's designs against the best single LLM": designs_of_the_paper(folder, "standard"),
                "… with a new LLM": designs_of_the_paper(folder, "newllm"),
                "Competence profile ² against the best single LLM": against(folder, method),
                "… against nearest training queries": against(folder, method, "nearest queries"),
                "… with a new LLM, against the best single LLM": against(folder, new, mode="newllm"),
                **{f"Paper: {claim.text}": claim_outcome(folder, claim.name) for claim in CLAIMS}}
            pages += [page(f"{variant}{name}", f"figures/{data.name}") for name in ("comparisons", "claims")]
    if not columns: return ""
    note = ("¹ Paired bootstrap over test queries and seeds, Holm-corrected over all comparisons of a page: "
            f"{', '.join(pages)}. ² Under the expected-performance router; the design that training queries select.")
    table = pd.DataFrame(columns).rename_axis("What helps ¹").reset_index().to_markdown(index=False)
    return f"{table}\n\n{note}"


def findings(figures: Path) -> str:
    "The findings; their words follow from the numbers."
    found = [beats_best_single(figures), gains_from_profiles(figures), new_llms(figures)]
    if (figures / "selection_standard.csv").is_file(): found.append(competence(figures))
    found += [line for make in (encoders, second_benchmark) if (line := make(figures))]
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
