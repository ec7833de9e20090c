#!/usr/bin/env bash
# Faces, attributes given in code space: recipes/image/faces/run.sh --corpus FOLDER --system NAME [--seed N] ...
# FOLDER holds pictures and labels.csv with the columns file, subject and condition, as of the Yale faces (glasses, happy,
# leftlight, ...); NAME is a file of conf/, vae first: the attributes are given in its code space.
# --held-out COUNT: pictures that are kept from training and scored.
corpus= system= seed=1 held_out=40 judge_overrides=
. "$(dirname "$0")/../../steps.sh"
row=$system exp=$here/exp/$row-$seed judge=$here/exp/judge-$held_out
given=("data.held_out=$held_out")

step 1 "judge" $train_cmd disentangle train "$here/conf/judge.yaml" \
  --data "$corpus" --out "$judge" --resume "${given[@]}" $judge_overrides
step 2 "train" $train_cmd disentangle train "$here/conf/$system.yaml" \
  --data "$corpus" --out "$exp" --resume seed="$seed" name="$row" "${given[@]}" \
  "latent.generator='$here/exp/vae-$seed'" $overrides
step 4 "score" $score_cmd disentangle score "$exp" --judge "$judge" --only "$only"
step 6 "report" disentangle report "$exp"
