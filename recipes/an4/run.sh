#!/usr/bin/env bash
# AN4, 84 speakers: recipes/an4/run.sh --corpus FOLDER [--conf NAME] [--seed N] [--stage N] [--stop-stage N]
# FOLDER is the corpus as published; the ten speakers it is scored on are not among those it learns from.
corpus= conf=default seed=1
. "$(dirname "$0")/../steps.sh"
data=$here/data exp=$here/exp/$conf-$seed

step 0 "prepare" disentangle prepare an4 "$corpus" "$data"
for part in train judge test; do step 1 "check $part" disentangle data validate "$data/$part"; done
step 2 "train" $train_cmd disentangle train "$here/conf/$conf.yaml" \
  --data "$data/train" --out "$exp" --resume seed="$seed" $overrides
step 3 "embed" $score_cmd disentangle embed "$exp" "$data/test" "$exp/embeddings/test" --nj "$nj"
step 4 "score" $score_cmd disentangle score "$exp" "$data/test" --nj "$nj" --only "$only"
step 5 "convert" disentangle convert "$exp" --source "$corpus"/*/an4test_clstk/mmxg/an441-mmxg-b.* \
  --target "$corpus"/*/an4test_clstk/fcaw/an40[6-8]-fcaw-b.* --out "$exp/mmxg-as-fcaw.wav"
step 6 "report" disentangle report "$exp"
