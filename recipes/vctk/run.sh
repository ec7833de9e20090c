#!/usr/bin/env bash
# VCTK, 110 speakers: recipes/vctk/run.sh --corpus FOLDER [--conf NAME] [--seed N] [--split NAME] [--stage N] ...
# FOLDER holds wav48_silence_trimmed (version 0.92) or wav48 (0.80); every tenth speaker is one that it is scored on;
# --split validation scores training speakers held out, --split mic2 hears the second microphone of 0.92.
corpus= conf=default seed=1 split=.
. "$(dirname "$0")/../steps.sh"
row=$conf-$split row=${row%-.} data=$here/data/$split exp=$here/exp/$row-$seed

step 0 "prepare" disentangle prepare vctk "$corpus" "$here/data"
for part in train judge test; do step 1 "check $part" disentangle data validate "$data/$part"; done
step 2 "train" $train_cmd disentangle train "$here/conf/$conf.yaml" \
  --data "$data/train" --out "$exp" --resume seed="$seed" name="$row" $overrides
step 3 "embed" $score_cmd disentangle embed "$exp" "$data/test" "$exp/embeddings/test" --nj "$nj"
step 4 "score" $score_cmd disentangle score "$exp" "$data/test" --nj "$nj" --only "$only"
step 5 "convert" disentangle convert "$exp" --source "$corpus"/wav48*/p226/p226_001*[1v]* \
  --target "$corpus"/wav48*/p225/p225_00[1-3]*[1v]* --out "$exp/p226-as-p225.wav"
step 6 "report" disentangle report "$exp"
