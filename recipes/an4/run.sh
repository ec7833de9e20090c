#!/usr/bin/env bash
# AN4, 84 speakers: recipes/an4/run.sh --corpus FOLDER [--conf NAME] [--seed N] [--split NAME] [--stage N] ...
# FOLDER is the corpus as published; the ten speakers it is scored on are not among those it learns from;
# --split validation scores training speakers held out, to choose a configuration by.
corpus= conf=default seed=1 split=.
. "$(dirname "$0")/../steps.sh"
row=$conf-$split row=${row%-.} data=$here/data/$split exp=$here/exp/$row-$seed

step 0 "prepare" disentangle prepare an4 "$corpus" "$here/data"
for part in train judge test; do step 1 "check $part" disentangle data validate "$data/$part"; done
step 2 "train" $train_cmd disentangle train "$here/conf/$conf.yaml" \
  --data "$data/train" --out "$exp" --resume seed="$seed" name="$row" $overrides
step 3 "embed" $score_cmd disentangle embed "$exp" "$data/test" "$exp/embeddings/test" --nj "$nj"
step 4 "score" $score_cmd disentangle score "$exp" "$data/test" --nj "$nj" --only "$only"
step 5 "convert" disentangle convert "$exp" --source "$corpus"/*/an4test_clstk/mmxg/an441-mmxg-b.* \
  --target "$corpus"/*/an4test_clstk/fcaw/an40[6-8]-fcaw-b.* --out "$exp/mmxg-as-fcaw.wav"
step 6 "report" disentangle report "$exp"
