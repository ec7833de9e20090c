# What starts the long jobs: nothing on this machine, or for instance "srun --gpus 1" on a cluster.
train_cmd=${train_cmd:-}
score_cmd=${score_cmd:-}
