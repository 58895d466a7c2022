"""GraphRouter's validation performance and time beside the same design made of PyTorch Geometric's layers.

    python benchmarks/gatconv.py FOLDER PROFILES.npz [--device cuda] [--seeds 42 43 44] [--only ours|gatconv]

The other design is what behaviour.md of the specification states of the original: queries and LLMs projected to 256,
two GATConv layers of 4 averaged heads over the list of all edges of the complete bipartite graph, the whole graph once
per batch of 32 queries, a small network on (query, LLM), the same loss, optimizer, schedule, epochs and split. Both are
validated alike, by pairwise accuracy on the validation queries, each with the weights of its best epoch; a validation
query attends to the LLMs, and no LLM attends to it. No test row is read.
"""
import argparse, json, time
from pathlib import Path

import numpy as np
import torch
from torch_geometric.nn import GATConv

from routeprofile.encode.encoders import load_encoder
from routeprofile.get_model_profile.profiles import load_profiles
from routeprofile.routing_evaluation.graph_router import GraphRouter, GraphSettings
from routeprofile.routing_evaluation.preferences import split, training_data, validation_score


class EdgeListRouter(torch.nn.Module):
    "Two GATConv layers over all (query, LLM) edges."
    def __init__(self, dims: tuple[int, int], width: int = 256, heads: int = 4):
        super().__init__()
        self.query, self.llm = (torch.nn.Linear(d, width) for d in dims)
        layer = lambda: GATConv((width, width), width, heads=heads, concat=False, add_self_loops=False)
        self.layers = torch.nn.ModuleList(layer() for _ in range(2))
        self.read = torch.nn.Sequential(torch.nn.Linear(2 * width, width), torch.nn.ReLU(), torch.nn.Linear(width, 1))

    def forward(self, X, M, context: int):
        "Logits [n, m]; LLMs attend to the first `context` queries."
        q, m = self.query(X), self.llm(M)
        every = torch.cartesian_prod(torch.arange(len(X), device=X.device), torch.arange(len(M), device=X.device)).T
        to_query, to_llm = every.flip(0), every[:, every[0] < context]
        for layer in self.layers: q, m = layer((m, q), to_query).relu(), layer((q, m), to_llm).relu()
        return self.read(torch.cat([q[:, None].expand(-1, len(M), -1), m.expand(len(X), -1, -1)], 2))[..., 0]


def gatconv(profiles, train, seed: int, device, epochs: int) -> dict:
    "Train the edge-list design as GraphRouter is trained; its best epoch."
    how = GraphSettings(seed=seed, epochs=epochs)
    learn, validate = split(train, how.val_split, seed)
    tensor = lambda a: torch.as_tensor(np.asarray(a, dtype=np.float32), device=device)
    X, M = tensor(train.X[np.concatenate([learn, validate])]), tensor(profiles.matrix)
    labels, n = tensor(train.labels[learn]), len(learn)
    pairs = train.pairs[np.isin(train.pairs[:, 0], validate)]
    pairs = np.column_stack([np.searchsorted(validate, pairs[:, 0]), pairs[:, 1:]])
    torch.manual_seed(seed)
    net = EdgeListRouter((X.shape[1], M.shape[1])).to(device)
    adam = torch.optim.Adam(net.parameters(), how.lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, epochs * -(-n // how.batch_size), 0.01 * how.lr)
    best, start = dict(val_score=-1.0), time.perf_counter()
    for epoch in range(epochs):
        for batch in torch.randperm(n, device=device).split(how.batch_size):
            known = ~torch.isnan(labels[batch])
            logits = net(X[:n], M, n)[batch][known]
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels[batch][known])
            adam.zero_grad(), loss.backward(), adam.step(), schedule.step()
        with torch.no_grad(): scores = net(X, M, n)[n:].cpu().numpy()
        score = validation_score(scores, None, pairs)
        if score > best["val_score"]: best = dict(epoch=epoch, val_score=score)
    return dict(best, seconds=round(time.perf_counter() - start, 1))


def ours(profiles, train, encoder, seed: int, device, epochs: int) -> dict:
    "Train GraphRouter; its best epoch."
    start = time.perf_counter()
    best = GraphRouter(profiles, encoder, device=device, seed=seed, epochs=epochs).fit(train).best
    return dict(epoch=best["epoch"], val_score=best["val_score"], seconds=round(time.perf_counter() - start, 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", help="folder with route_data/")
    parser.add_argument("profiles", help="profiles of the candidates, .npz")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seeds", type=int, nargs="+", default=[42, 43, 44])
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--only", choices=("ours", "gatconv"))
    given = parser.parse_args()
    profiles, encoder = load_profiles(given.profiles), load_encoder("minilm")
    path = Path(given.data) / "route_data/pairwise_training_data_standard.json"
    train = training_data(path, profiles.names, encoder)
    how = dict(device=given.device, epochs=given.epochs)
    for seed in given.seeds:
        found = {}
        if given.only != "gatconv": found["GraphRouter"] = ours(profiles, train, encoder, seed, **how)
        if given.only != "ours": found["GATConv over all edges"] = gatconv(profiles, train, seed, **how)
        for router, best in found.items(): print(json.dumps(dict(router=router, seed=seed, **best)), flush=True)


if __name__ == "__main__": main()
