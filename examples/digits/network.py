"""A classifier with one hidden layer, and the data it reads: 8x8 grey images of handwritten digits."""

import os
import pathlib
from typing import Dict, Tuple, Union

import numpy as np

Weights = Dict[str, np.ndarray]
DATA = pathlib.Path(__file__).parent / "digits.csv.gz"


def load_digits() -> Tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return training images, training labels, test images, test labels.

    Images are rows of 64 numbers from 0 to 1, labels are integers from 0 to 9. Every fifth row is held out for testing.
    """
    table = np.loadtxt(DATA, delimiter=",")
    images, labels = table[:, :64] / 16.0, table[:, 64].astype(int)
    is_test = np.arange(len(labels)) % 5 == 4
    return images[~is_test], labels[~is_test], images[is_test], labels[is_test]


def make_weights(hidden_units: int, seed: int) -> Weights:
    """Return random weights of a network with so many hidden units."""
    random = np.random.default_rng(seed)
    return {
        "w1": random.normal(0.0, np.sqrt(2 / 64), (64, hidden_units)),
        "b1": np.zeros(hidden_units),
        "w2": random.normal(0.0, np.sqrt(1 / hidden_units), (hidden_units, 10)),
        "b2": np.zeros(10),
    }


def predict(weights: Weights, images: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Return the hidden layer and the probability of each digit, a row for each image."""
    hidden = np.maximum(images @ weights["w1"] + weights["b1"], 0.0)
    scores = hidden @ weights["w2"] + weights["b2"]
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return hidden, scores / scores.sum(axis=1, keepdims=True)


def evaluate(weights: Weights, images: np.ndarray, labels: np.ndarray) -> Dict[str, float]:
    """Return mean cross-entropy (in nats) and accuracy (0 to 1)."""
    _, probabilities = predict(weights, images)
    right = probabilities[np.arange(len(labels)), labels]
    return {
        "loss": float(-np.log(right + 1e-12).mean()),
        "accuracy": float((probabilities.argmax(axis=1) == labels).mean()),
    }


def train_batch(weights: Weights, images: np.ndarray, labels: np.ndarray, learning_rate: float) -> float:
    """Take one step of gradient descent, in place; returns the batch's mean cross-entropy before it."""
    hidden, probabilities = predict(weights, images)
    loss = float(-np.log(probabilities[np.arange(len(labels)), labels] + 1e-12).mean())
    error = probabilities
    error[np.arange(len(labels)), labels] -= 1.0
    error /= len(labels)
    error_hidden = (error @ weights["w2"].T) * (hidden > 0)
    weights["w2"] -= learning_rate * (hidden.T @ error)
    weights["b2"] -= learning_rate * error.sum(axis=0)
    weights["w1"] -= learning_rate * (images.T @ error_hidden)
    weights["b1"] -= learning_rate * error_hidden.sum(axis=0)
    return loss


def save_weights(weights: Weights, folder: Union[str, "os.PathLike[str]"]) -> None:
    """Write weights into a checkpoint's folder."""
    np.savez(pathlib.Path(folder) / "weights.npz", **weights)


def load_weights(folder: Union[str, "os.PathLike[str]"]) -> Weights:
    """Read weights from a checkpoint's folder."""
    with np.load(pathlib.Path(folder) / "weights.npz") as stored:
        return {name: stored[name] for name in stored.files}
