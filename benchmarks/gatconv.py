"""GraphRouter's validation performance and time beside the same design made of PyTorch Geometric's layers.

    python benchmarks/gatconv.py ../shared/data/published PROFILES.npz [--device cuda] [--seeds 42 43 44] [--only ours|gatconv]

The other design is what behaviour.md of the specification says of the original: queries and LLMs projected to 256, two GATConv
layers of 4 averaged heads over the list of all edges of the complete bipartite graph, the whole graph once per batch of 32
queries, a small network on (query, LLM), the same loss, optimiser, schedule, epochs and split. Both are validated alike, by
the share of the validation pairs in which the better LLM has the larger logit, each with the weights of its best epoch; a
validation query listens to the LLMs and is listened to by nobody. No test row is read.
"""
import argparse, json, time
from pathlib import Path

import numpy as np
import torch
from torch_geometric.nn import GATConv

from routeprofile.encode import load_encoder
from routeprofile.get_model_profile.profiles import load_profiles
from routeprofile.routing_evaluation import learned


class EdgeListRouter(torch.nn.Module):
    "Two GATConv layers over all (query, LLM) edges."
    def __init__(self, dims: tuple[int, int], width: int = 256, heads: int = 4):
        super().__init__()
        self.query, self.llm = (torch.nn.Linear(d, width) for d in dims)
        self.layers = torch.nn.ModuleList(GATConv((width, width), width, heads=heads, concat=False, add_self_loops=False) for _ in range(2))
        self.read = torch.nn.Sequential(torch.nn.Linear(2 * width, width), torch.nn.ReLU(), torch.nn.Linear(width, 1))

    def forward(self, X, M, heard: int):
        "Logits [n, m]; LLMs listen to the first `heard` queries."
        q, m = self.query(X), self.llm(M)
        every = torch.cartesian_prod(torch.arange(len(X), device=X.device), torch.arange(len(M), device=X.device)).T
        for layer in self.layers: q, m = layer((m, q), every.flip(0)).relu(), layer((q, m), every[:, every[0] < heard]).relu()
        return self.read(torch.cat([q[:, None].expand(-1, len(M), -1), m.expand(len(X), -1, -1)], 2))[..., 0]


def gatconv(profiles, train, seed: int, device, epochs: int) -> dict:
    "Train the edge-list design as GraphRouter is trained; its best epoch."
    how = learned.GraphSettings(seed=seed, epochs=epochs)
    learn, validate = learned.split(train, how.val_share, seed)
    tensor = lambda a: torch.as_tensor(np.asarray(a, dtype=np.float32), device=device)
    X, M, labels = tensor(train.X[np.concatenate([learn, validate])]), tensor(profiles.matrix), tensor(train.labels[learn])
    pairs = train.pairs[np.isin(train.pairs[:, 0], validate)]
    pairs = np.column_stack([np.searchsorted(validate, pairs[:, 0]), pairs[:, 1:]])
    torch.manual_seed(seed)
    net = EdgeListRouter((X.shape[1], M.shape[1])).to(device)
    adam = torch.optim.Adam(net.parameters(), how.lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, epochs * -(-len(learn) // how.batch_size), 0.01 * how.lr)
    best, start = dict(val_score=-1.0), time.perf_counter()
    for epoch in range(epochs):
        for batch in torch.randperm(len(learn), device=device).split(how.batch_size):
            known = ~torch.isnan(labels[batch])
            loss = torch.nn.functional.binary_cross_entropy_with_logits(net(X[:len(learn)], M, len(learn))[batch][known], labels[batch][known])
            adam.zero_grad(), loss.backward(), adam.step(), schedule.step()
        with torch.no_grad(): scores = net(X, M, len(learn))[len(learn):].cpu().numpy()
        score = learned.validation_score(scores, None, pairs)
        if score > best["val_score"]: best = dict(epoch=epoch, val_score=score)
    return dict(best, seconds=round(time.perf_counter() - start, 1))


def ours(profiles, train, encoder, seed: int, device, epochs: int) -> dict:
    start = time.perf_counter()
    best = learned.best_epoch(learned.GraphRouter(profiles, encoder, device=device, seed=seed, epochs=epochs).fit(train))
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
    train = learned.training_data(Path(given.data) / "route_data/pairwise_training_data_standard.json", profiles.names, encoder)
    for seed in given.seeds:
        if given.only != "gatconv": print(json.dumps(dict(router="GraphRouter", seed=seed, **ours(profiles, train, encoder, seed, given.device, given.epochs))), flush=True)
        if given.only != "ours": print(json.dumps(dict(router="GATConv over all edges", seed=seed, **gatconv(profiles, train, seed, given.device, given.epochs))), flush=True)


if __name__ == "__main__": main()
