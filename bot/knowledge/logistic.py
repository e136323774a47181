"""Logistic regression with a Gaussian prior, fitted by Newton's method. Pure; what is fitted is not known here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_STEPS = 25


def fit_logistic(
    rows: NDArray[np.float64],
    true: NDArray[np.float64],
    *,
    prior: NDArray[np.float64],
    strength: float,
    counts: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return the weights, shape (columns,), that tell which of `rows`, shape (rows, columns), are `true` (0 or 1).

    They are pulled to `prior` as if about `strength` rows spoke for it; `counts` is what each row counts, 1 by default.
    The penalised log-likelihood is strictly convex, so Newton's method on it converges.
    """
    counted = np.ones(len(rows)) if counts is None else counts
    weights = prior.copy()
    for _ in range(_STEPS):
        chance = chance_of(rows, weights)
        slope = rows.T @ (counted * (chance - true)) + strength * (weights - prior)
        curve = (rows.T * (counted * chance * (1.0 - chance))) @ rows + strength * np.eye(len(weights))
        weights = weights - np.linalg.solve(curve, slope)
    return weights


def chance_of(rows: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how likely each of `rows` is true, 0 to 1, by fitted weights; far out it is cut, which changes nothing."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(rows @ weights, -50.0, 50.0))))
