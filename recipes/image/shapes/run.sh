#!/usr/bin/env bash
# Shapes made on the fly, all factors known: recipes/image/shapes/run.sh --system NAME [--seed N] [--stage N] ...
# NAME is a file of conf/.
system= seed=1 judge_overrides=
. "$(dirname "$0")/../../steps.sh"
row=$system exp=$here/exp/$row-$seed judge=$here/exp/judge

step 1 "judge" $train_cmd disentangle train "$here/conf/judge.yaml" --out "$judge" --resume $judge_overrides
step 2 "train" $train_cmd disentangle train "$here/conf/$system.yaml" \
  --out "$exp" --resume seed="$seed" name="$row" $overrides
step 4 "score" $score_cmd disentangle score "$exp" --judge "$judge" --vae "$here/exp/vae-$seed" --only "$only"
step 6 "report" disentangle report "$exp"
