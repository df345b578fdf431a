"""A small convolutional network that reads handwritten digits, as a PyTorchTrial."""

import pathlib

import numpy as np
import torch
from torch import nn

from determined import pytorch

DATA = pathlib.Path(__file__).parent / "digits.csv.gz"


class Digits(torch.utils.data.Dataset):
    """8x8 grey images, numbers from 0 to 1, and the digits they show; every fifth one is held out for testing."""

    def __init__(self, test: bool) -> None:
        table = np.loadtxt(DATA, delimiter=",", dtype=np.float32)
        chosen = table[(np.arange(len(table)) % 5 == 4) == test]
        self.images = torch.from_numpy(chosen[:, :64] / 16.0).reshape(-1, 1, 8, 8)
        self.labels = torch.from_numpy(chosen[:, 64]).long()

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index):
        return self.images[index], self.labels[index]


class DigitsTrial(pytorch.PyTorchTrial):
    """Trains with stochastic gradient descent; the learning rate falls with each epoch."""

    def __init__(self, context: pytorch.PyTorchTrialContext) -> None:
        self.context = context
        channels = context.get_hparam("channels")
        network = nn.Sequential(
            nn.Conv2d(1, channels, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.2),
            nn.Linear(channels * 16, 10),
        )
        self.model = context.wrap_model(network)
        rate = context.get_hparam("learning_rate")
        self.optimizer = context.wrap_optimizer(torch.optim.SGD(self.model.parameters(), lr=rate, momentum=0.9))
        schedule = torch.optim.lr_scheduler.ExponentialLR(self.optimizer, gamma=0.9)
        context.wrap_lr_scheduler(schedule, pytorch.LRScheduler.StepMode.STEP_EVERY_EPOCH)

    def build_training_data_loader(self) -> pytorch.DataLoader:
        return pytorch.DataLoader(Digits(test=False), batch_size=self.context.get_per_slot_batch_size(), shuffle=True)

    def build_validation_data_loader(self) -> pytorch.DataLoader:
        return pytorch.DataLoader(Digits(test=True), batch_size=len(Digits(test=True)))

    def train_batch(self, batch, epoch_idx: int, batch_idx: int):
        images, labels = batch
        loss = nn.functional.cross_entropy(self.model(images), labels)
        self.context.backward(loss)
        self.context.step_optimizer(self.optimizer)
        return {"loss": loss}

    def evaluate_batch(self, batch, batch_idx: int):
        images, labels = batch
        scores = self.model(images)
        accuracy = (scores.argmax(dim=1) == labels).float().mean()
        return {"loss": nn.functional.cross_entropy(scores, labels), "accuracy": accuracy}
