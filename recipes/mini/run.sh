#!/usr/bin/env bash
# The whole job on speech made on the spot: recipes/mini/run.sh [--conf NAME] [--seed N] [--split NAME] [--stage N] ...
# --split validation scores training sentences held out, to choose a configuration by.
conf=default seed=1 split=.
. "$(dirname "$0")/../steps.sh"
row=$conf-$split row=${row%-.} data=$here/data/$split exp=$here/exp/$row-$seed

step 0 "synthesise the corpus" disentangle prepare espeak "$here/data/wav" "$here/data"
for part in train judge test; do step 1 "check $part" disentangle data validate "$data/$part"; done
step 2 "train" $train_cmd disentangle train "$here/conf/$conf.yaml" \
  --data "$data/train" --out "$exp" --resume seed="$seed" name="$row" $overrides
step 3 "embed" $score_cmd disentangle embed "$exp" "$data/test" "$exp/embeddings/test" --nj "$nj"
step 4 "score" $score_cmd disentangle score "$exp" "$data/test" --nj "$nj" --only "$only"
step 5 "convert" disentangle convert "$exp" --source "$here/data/wav/m8/m8-s25.wav" \
  --target "$here/data/wav/f1/f1-s26.wav" "$here/data/wav/f1/f1-s27.wav" --out "$exp/m8-s25-as-f1.wav"
step 6 "report" disentangle report "$exp"
