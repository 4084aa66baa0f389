"""Rates of small groups, each leaning on what the groups have in common: the beta-binomial model.

Group i has `hits[i]` of `cases[i]`; its true rate comes from a Beta(mean x size, (1 - mean) x size) that all groups
share. How alike the groups are (`size`) and where they lie (`mean`) is read from the data by marginal likelihood
(Robinson, "Understanding empirical Bayes estimation", 2015; Gelman et al., Bayesian Data Analysis, 3rd ed., ch. 5.3)
with a weak prior, summed over a grid instead of maximised: with three groups the maximum runs off to "all are equal".

Raw rates of small groups overstate the best one by ten points (8 sources of 3-40 leads); these by less than two. For
that the estimate takes it for possible that the groups do not differ at all (`ALIKE`): the best of many equals is only
lucky. Ranges and comparisons do without that assumption: with it they would be too narrow where groups do differ.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln

from reports.statistics.incidence import Floats

MEANS: Final = (np.arange(60) + 0.5) / 60
SIZES: Final = np.exp(np.linspace(math.log(2.0), math.log(400.0), 28))
SIZE_ALIKE: Final = 5000.0  # groups whose common rate is known from so many cases are one
ALIKE: Final = 0.4  # prior of that, for estimates
SIZE_TYPICAL: Final = 20.0  # prior: a group's rate is as good as known from about so many cases, give or take
SIZE_SPREAD: Final = 1.2  # standard deviation of its logarithm


@dataclass(frozen=True, slots=True)
class Shared:
    """What the groups have in common, as weights over a grid of Beta distributions; weights sum to 1."""

    alpha: Floats
    beta: Floats
    weight: Floats


def shared(hits: ArrayLike, cases: ArrayLike, alike: float = 0.0) -> Shared:
    """The common distribution of some groups; without any case, the weak prior alone.

    `alike` is the prior probability that the groups do not differ at all.
    """
    k, n = np.asarray(hits, float), np.asarray(cases, float)
    if np.any(k < 0) or np.any(k > n):
        raise ValueError("a group cannot have more hits than cases")
    prior = np.exp(-0.5 * ((np.log(SIZES) - math.log(SIZE_TYPICAL)) / SIZE_SPREAD) ** 2)
    sizes, prior = np.append(SIZES, SIZE_ALIKE), np.append(prior / prior.sum() * (1 - alike), alike)
    mean, size = (grid.ravel() for grid in np.meshgrid(MEANS, sizes[prior > 0], indexing="ij"))
    alpha, beta = mean * size, (1 - mean) * size
    log_prior = np.tile(np.log(prior[prior > 0]), len(MEANS))
    fits = betaln(alpha[:, None] + k, beta[:, None] + n - k) - betaln(alpha, beta)[:, None]
    log_weight = log_prior + fits.sum(axis=1)
    weight = np.exp(log_weight - log_weight.max())
    return Shared(alpha, beta, weight / weight.sum())


def means(hits: ArrayLike, cases: ArrayLike) -> Floats:
    """Estimate of each group's rate: its posterior mean, the groups being alike or not."""
    k, n = np.asarray(hits, float), np.asarray(cases, float)
    common = shared(k, n, ALIKE)
    each = (common.alpha[:, None] + k) / (common.alpha[:, None] + common.beta[:, None] + n)
    return np.asarray(common.weight @ each, float)


def draws(hits: ArrayLike, cases: ArrayLike, count: int, dice: np.random.Generator) -> Floats:
    """`count` joint draws of the groups' rates, shape (count, groups)."""
    k, n = np.asarray(hits, float), np.asarray(cases, float)
    common = shared(k, n)
    cell = dice.choice(len(common.weight), size=count, p=common.weight)
    return np.asarray(dice.beta(common.alpha[cell, None] + k, common.beta[cell, None] + n - k), float)
