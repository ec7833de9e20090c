#!/usr/bin/env bash
# Shapes made on the fly, all factors known: recipes/image/shapes/run.sh --system NAME [--seed N] [--stage N] ...
# NAME is a file of conf/. With --starts N the one of N is kept whose code has the least overlapping effects.
system= seed=1 starts=1 judge_overrides=
. "$(dirname "$0")/../../steps.sh"
row=$system exp=$here/exp/$row-$seed judge=$here/exp/judge

step 1 "judge" $train_cmd disentangle train "$here/conf/judge.yaml" --out "$judge" --resume $judge_overrides
if ((starts == 1)); then
  step 2 "train" $train_cmd disentangle train "$here/conf/$system.yaml" \
    --out "$exp" --resume seed="$seed" name="$row" $overrides
else
  for ((start = 1; start <= starts; start++)); do
    step 2 "start $start" $train_cmd disentangle train "$here/conf/$system.yaml" \
      --out "$exp.$start" --resume seed="$seed$start" name="$row" $overrides
    step 2 "its effects" $score_cmd disentangle score "$exp.$start" --only effects
  done
  step 3 "choose" disentangle choose $(seq -f "$exp.%g" "$starts") --by effects_overlap --out "$exp"
fi
step 4 "score" $score_cmd disentangle score "$exp" --judge "$judge" --vae "$here/exp/vae-$seed" --only "$only"
step 6 "report" disentangle report "$exp"
