"""Starting the processes of a distributed training: one for each slot, on each machine."""
