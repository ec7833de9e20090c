#!/usr/bin/env bash
# The whole job on speech made on the spot: recipes/mini/run.sh [--conf NAME] [--seed N] [--stage N] [--stop-stage N]
conf=default seed=1
. "$(dirname "$0")/../steps.sh"
data=$here/data exp=$here/exp/$conf-$seed

step 0 "synthesise the corpus" disentangle prepare espeak "$data/wav" "$data"
for part in train judge test; do step 1 "check $part" disentangle data validate "$data/$part"; done
step 2 "train" $train_cmd disentangle train "$here/conf/$conf.yaml" \
  --data "$data/train" --out "$exp" --resume seed="$seed" $overrides
step 3 "embed" $score_cmd disentangle embed "$exp" "$data/test" "$exp/embeddings/test" --nj "$nj"
step 4 "score" $score_cmd disentangle score "$exp" "$data/test" --nj "$nj" --only "$only"
step 5 "convert" disentangle convert "$exp" --source "$data/wav/m8/m8-s25.wav" \
  --target "$data/wav/f1/f1-s26.wav" "$data/wav/f1/f1-s27.wav" --out "$exp/m8-s25-as-f1.wav"
step 6 "report" disentangle report "$exp"
