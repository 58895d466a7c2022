"""A seeded generator of simulated routing data of any size: a data folder whose large tables are Parquet.

    python benchmarks/generate.py TO [--llms 100] [--queries 20000] [--tests 6000] [--benchmarks 30]
                                     [--candidates 100] [--seed 0]

Answers follow an item-response model (Birnbaum 1968): LLM m answers query q of benchmark b with probability
sigmoid(a_q (theta_m . w_b - d_q)). LLMs form clusters, their families, whose members grow with size; benchmarks are
long-tailed: the n-th has a share of the queries that falls with 1/n. Queries are made of their benchmark's own words,
so that an encoder can tell benchmarks apart. Everything is drawn from one seed, part by part, so memory does not grow.
"""
import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from routeprofile.core import rng, write_json
from routeprofile.data.parquet import PART, read_parquet, write_parquet

SKILLS, WORDS, OWN = 6, 4000, 40 # skills behind answers; words in all, and of one benchmark
SIZES = np.array([1, 3, 8, 14, 32, 70]) # 10^9 parameters


@dataclass(frozen=True)
class World:
    "What decides the answers."
    ability: np.ndarray # [m, SKILLS] of the LLMs
    family: np.ndarray # [m] family of each LLM
    size: np.ndarray # [m] 10^9 parameters
    weight: np.ndarray # [k, SKILLS] what a benchmark asks for; rows sum to 1
    difficulty: np.ndarray # [k]
    share: np.ndarray # [k] of the queries
    words: np.ndarray # [k, OWN] places of a benchmark's own words


def make_world(llms: int, benchmarks: int, families: int = 12, seed: int = 0) -> World:
    "Draw LLMs in clusters and benchmarks in a long tail."
    draw = rng(seed, "world", llms, benchmarks, families)
    family, size = draw.integers(families, size=llms), draw.choice(SIZES, size=llms)
    clusters = draw.normal(0, 0.7, size=(families, SKILLS))
    ability = clusters[family] + 0.6 * np.log(size / 8)[:, None] + draw.normal(0, 0.3, size=(llms, SKILLS))
    share = 1 / np.arange(1, benchmarks + 1)
    words = np.stack([draw.choice(WORDS, size=OWN, replace=False) for _ in range(benchmarks)])
    return World(ability, family, size, draw.dirichlet(np.full(SKILLS, 0.5), size=benchmarks),
                 draw.normal(0, 1, size=benchmarks), share / share.sum(), words)


def draw_answers(world: World, n: int, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    "The benchmark of each of n queries [n], and whether each LLM answers it rightly, bool [n, m]."
    task = draw.choice(len(world.share), size=n, p=world.share)
    difficulty, slope = draw.normal(world.difficulty[task], 1), draw.lognormal(0.3, 0.3, size=n)
    skill = (world.weight @ world.ability.T)[task] # [n, m]
    chance = 1 / (1 + np.exp(-slope[:, None] * (skill - difficulty[:, None])))
    return task, draw.random(chance.shape) < chance


def texts_of(world: World, task: np.ndarray, start: int, draw: np.random.Generator) -> list[str]:
    "The texts of queries; a number makes each unlike every other."
    own = world.words[task[:, None], draw.integers(OWN, size=(len(task), 12))]
    words = np.where(draw.random(own.shape) < 0.7, own, draw.integers(WORDS, size=own.shape))
    return [f"query {start + n}: " + " ".join(f"word{word}" for word in row) for n, row in enumerate(words.tolist())]


def benchmark_name(k: int) -> str: return f"benchmark-{k:03d}"
def llm_name(m: int) -> str: return f"llm-{m:05d}"


def test_part(world: World, start: int, n: int, candidates: int, seed: int) -> pa.Table:
    "Rows start … start + n of the test set: answers of the first LLMs, the candidates."
    draw = rng(seed, "test", start)
    task, right = draw_answers(world, n, draw)
    tokens = pa.array(draw.integers(20, 400, size=n).astype(float))
    success, fields = pa.array(np.ones(n, dtype=bool)), ["task_performance", "success", "completion_tokens"]
    answers = [pa.StructArray.from_arrays([pa.array(scores), success, tokens], fields)
               for scores in right.T[:candidates].astype(float)]
    names = [llm_name(m) for m in range(len(answers))]
    return pa.table(dict(task_name=[benchmark_name(k) for k in task], query=texts_of(world, task, start, draw),
                         model_performance=pa.StructArray.from_arrays(answers, names)))


def pair_part(world: World, start: int, n: int, each: int, without: int | None, first: int, m: int,
              seed: int) -> pa.Table:
    "Pairs of the first m LLMs on queries start … start + n, up to `each` of one; `without` an LLM that is new."
    draw = rng(seed, "train", start)
    task, right = draw_answers(world, n, draw)
    texts = np.array(texts_of(world, task, first + start, draw))
    one, other = draw.integers(m, size=(2, n, each))
    row = np.arange(n)[:, None]
    better = right[row, one] & ~right[row, other]
    if without is not None: better &= (one != without) & (other != without)
    query, _ = np.nonzero(better)
    names = np.array([llm_name(k) for k in range(m)])
    return pa.table(dict(task_name=[benchmark_name(k) for k in task[query]], query=texts[query],
                         better_model=names[one[better]], worse_model=names[other[better]]))


def write_profiles(to: Path, world: World, queries: dict[str, list[str]], candidates: int, seed: int) -> None:
    "The files of `profile_data/`; a card's scores are what its LLM would reach, give or take, and a third is missing."
    draw, new = rng(seed, "cards"), candidates // 2
    mean = 1 / (1 + np.exp(-(world.ability @ world.weight.T - world.difficulty))) # [m, k]
    score = np.round(100 * np.clip(mean + draw.normal(0, 0.05, size=mean.shape), 0, 1), 1)
    known = draw.random(mean.shape) < 2 / 3
    known[:, 0] = True
    names = [benchmark_name(k) for k in range(len(world.share))]
    def card(m: int, shown: np.ndarray) -> dict:
        f, s = int(world.family[m]), float(world.size[m])
        return dict(feature=f"A simulated LLM of family {f} with {s:.0f} billion parameters.", size=f"{s:.0f}B",
                    architecture=f"family-{f}", parameters=s, input_price=0.02 * s, output_price=0.05 * s,
                    detailed_scores={n: x if k else None for n, x, k in zip(names, score[m].tolist(), shown)})
    cards = {llm_name(m): card(m, known[m]) for m in range(len(world.size))}
    hidden = cards | {llm_name(new): card(new, known[new] & (np.arange(len(names)) % 2 == 0))}
    domains = {f"domain-{s}": [n for n, w in zip(names, world.weight.argmax(axis=1)) if w == s] for s in range(SKILLS)}
    files = dict(
        model_feature_standard=cards, model_feature_newllm=hidden,
        candidate_models=dict(list(cards.items())[:candidates]),
        task_queries_standard=queries, task_queries_newllm=queries,
        model_family_feature={f"family-{f}": f"A simulated family, number {f}." for f in np.unique(world.family)},
        task_feature={n: "Questions about " + " ".join(f"word{w}" for w in world.words[k][:10]) + "."
                      for k, n in enumerate(names)},
        domain_feature={name: f"What needs skill {s}." for s, name in enumerate(domains)}, domain_task_map=domains,
        dataset=dict(name=f"generated-{seed}", simulated=True, note="Generated by benchmarks/generate.py.",
                     new_llm=llm_name(new), prompts=False))
    for name, value in files.items(): write_json(to / "profile_data" / f"{name}.json", value)


def generate(to: str | Path, llms: int, queries: int, tests: int, benchmarks: int, each: int = 8, seed: int = 0,
             candidates: int | None = None) -> Path:
    "Write a data folder: test rows, preference pairs of both modes, query nodes, cards; returns its path."
    to, world, candidates = Path(to), make_world(llms, benchmarks, seed=seed), candidates or llms
    parts = [(start, min(PART, tests - start)) for start in range(0, tests, PART)]
    made = (test_part(world, *part, candidates, seed) for part in parts)
    write_parquet(to / "route_data/routing_test_data.parquet", made)
    parts = [(start, min(PART, queries - start)) for start in range(0, queries, PART)]
    nodes: dict[str, list[str]] = {}
    for mode, without in dict(standard=None, newllm=candidates // 2).items():
        made = (pair_part(world, *part, each, without, tests, candidates, seed) for part in parts)
        path = write_parquet(to / f"route_data/pairwise_training_data_{mode}.parquet", made)
        if mode == "standard":
            table = read_parquet(path, ["task_name", "query"])
            for task, query in dict.fromkeys(zip(*(table[c].to_pylist() for c in ("task_name", "query")))):
                nodes.setdefault(task, []).append(query)
    write_profiles(to, world, nodes, candidates, seed)
    return to


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("to", help="folder to write into")
    parser.add_argument("--llms", type=int, default=100)
    parser.add_argument("--queries", type=int, default=20_000, help="training queries, which are the query nodes too")
    parser.add_argument("--tests", type=int, default=6_000, help="test queries")
    parser.add_argument("--benchmarks", type=int, default=30)
    parser.add_argument("--each", type=int, default=8, help="comparisons on a training query; ties are no pair")
    parser.add_argument("--candidates", type=int, help="LLMs with answers, the first; the others have cards only")
    parser.add_argument("--seed", type=int, default=0)
    print(generate(**vars(parser.parse_args())))
