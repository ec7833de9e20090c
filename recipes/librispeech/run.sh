#!/usr/bin/env bash
# LibriSpeech, 2,484 readers: recipes/librispeech/run.sh --corpus FOLDER [--conf NAME] [--seed N] [--stage N] ...
# FOLDER holds train-clean-100 and others, dev-clean, test-clean; all training parts that are there are used;
# --split validation scores the development readers, to choose a configuration by.
corpus= conf=default seed=1 split=.
. "$(dirname "$0")/../steps.sh"
row=$conf-$split row=${row%-.} data=$here/data/$split exp=$here/exp/$row-$seed

step 0 "prepare" disentangle prepare librispeech "$corpus" "$here/data"
for part in train judge test; do step 1 "check $part" disentangle data validate "$data/$part"; done
step 2 "train" $train_cmd disentangle train "$here/conf/$conf.yaml" \
  --data "$data/train" --out "$exp" --resume seed="$seed" name="$row" $overrides
step 3 "embed" $score_cmd disentangle embed "$exp" "$data/test" "$exp/embeddings/test" --nj "$nj"
step 4 "score" $score_cmd disentangle score "$exp" "$data/test" --nj "$nj" --only "$only"
step 5 "convert" disentangle convert "$exp" --source "$corpus"/test-clean/61/70968/61-70968-0000.flac \
  --target "$corpus"/test-clean/121/*/121-*-000[0-2].flac --out "$exp/61-as-121.wav"
step 6 "report" disentangle report "$exp"
