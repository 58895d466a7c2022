"""A package of one's own: a profile method and a router, found through the entry points in pyproject.toml."""
import numpy as np

from routeprofile.get_model_profile.profiles import Profiles
from routeprofile.registry import ProfileMethod, RouterSpec
from routeprofile.routing_evaluation.routers import Router


def family_profiles(graph, hops, seed, encoder, weight: float = 0.5):
    "An LLM's profile: its own text and its family's, mixed once for each hop."
    models, families = graph.nodes["model"], graph.nodes["architecture"]
    family_of = dict(graph.edges["architecture", "arch_to_model", "model"].index[::-1].T.tolist())
    families = families.x[[family_of[n] for n in range(len(models.names))]]
    share = [(1 - weight) ** depth for depth in hops]
    return {depth: Profiles(models.names, s * models.x + (1 - s) * families) for depth, s in zip(hops, share)}


class NearestRouter(Router):
    "Routes to the LLM whose profile lies nearest to the query."
    name = "NearestRouter"

    def scores(self, queries):
        return -np.linalg.norm(queries[:, None] - self.profiles.matrix[None], axis=-1)


FAMILY = ProfileMethod("family", "Structured, family mean", "family_profiles:family_profiles", hops=(1, 2),
                       seeded=False, color="#882255", marker="P")
NEAREST = RouterSpec("NearestRouter", "NearestRouter", "family_profiles:NearestRouter", color="#56B4E9", marker="v")
