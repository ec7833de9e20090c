#!/usr/bin/env bash
# AISHELL-3, 218 speakers of Mandarin: recipes/aishell3/run.sh --corpus FOLDER [--conf NAME] [--seed N] [--stage N] ...
# FOLDER holds train, test and spk-info.txt; the split is its makers';
# --split validation scores training speakers held out, to choose a configuration by.
corpus= conf=default seed=1 split=.
. "$(dirname "$0")/../steps.sh"
row=$conf-$split row=${row%-.} data=$here/data/$split exp=$here/exp/$row-$seed

step 0 "prepare" disentangle prepare aishell3 "$corpus" "$here/data"
for part in train judge test; do step 1 "check $part" disentangle data validate "$data/$part"; done
step 2 "train" $train_cmd disentangle train "$here/conf/$conf.yaml" \
  --data "$data/train" --out "$exp" --resume seed="$seed" name="$row" $overrides
step 3 "embed" $score_cmd disentangle embed "$exp" "$data/test" "$exp/embeddings/test" --nj "$nj"
step 4 "score" $score_cmd disentangle score "$exp" "$data/test" --nj "$nj" --only "$only"
step 5 "convert" disentangle convert "$exp" --source "$corpus"/train/wav/SSB0005/SSB00050001.wav \
  --target "$corpus"/train/wav/SSB0009/SSB0009000[1-3].wav --out "$exp/SSB0005-as-SSB0009.wav"
step 6 "report" disentangle report "$exp"
