"""Trains the network, wherever it is started:

python train.py                                                                  here, in one process
torchrun --nproc-per-node 2 train.py                                             here, in two
det experiment create digits.yaml .                                              as a trial of a master, or a search
python3 -m determined.launch.torch_distributed python3 train.py                  as the entrypoint: several slots
"""

import logging

import model_def

import determined as det
from determined import pytorch

HPARAMS = {"learning_rate": 0.05, "channels": 8, "global_batch_size": 32, "epochs": 4}


def main() -> None:
    info = det.get_cluster_info()
    hparams = HPARAMS if info is None else info.trial.hparams
    with pytorch.init(hparams=hparams) as context:
        trainer = pytorch.Trainer(model_def.DigitsTrial(context), context)
        trainer.fit(
            max_length=pytorch.Epoch(hparams["epochs"]),
            validation_period=pytorch.Epoch(1),
            checkpoint_period=pytorch.Epoch(1),
            latest_checkpoint=None if info is None else info.latest_checkpoint,
        )


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format=det.LOG_FORMAT)
    main()
