#!/usr/bin/env bash
# FSDD, six speakers' digits: recipes/fsdd/run.sh --corpus FOLDER [--conf NAME] [--seed N] [--split NAME] [--stage N] ...
# FOLDER is the corpus as published; --split leave1, leave2 or leave3 holds two speakers out;
# --split validation scores takes held out of train, to choose a configuration by. A configuration whose labels are units
# is trained on those that are found without any label.
corpus= conf=default seed=1 split=.
. "$(dirname "$0")/../steps.sh"
row=$conf-$split row=${row%-.} data=$here/data/$split exp=$here/exp/$row-$seed

step 0 "prepare" disentangle prepare fsdd "$corpus" "$here/data"
for part in train judge test; do step 1 "check $part" disentangle data validate "$data/$part"; done
heard=$data/train
if grep -q 'label_of: unit' "$here/conf/$conf.yaml"; then
  step 1 "units" disentangle data units "$heard" "$data/units" && heard=$data/units
fi
step 2 "train" $train_cmd disentangle train "$here/conf/$conf.yaml" \
  --data "$heard" --out "$exp" --resume seed="$seed" name="$row" $overrides
step 3 "embed" $score_cmd disentangle embed "$exp" "$data/test" "$exp/embeddings/test" --nj "$nj"
step 4 "score" $score_cmd disentangle score "$exp" "$data/test" --nj "$nj" --only "$only"
step 5 "convert" disentangle convert "$exp" --source "$corpus"/recordings/2_george_0.* \
  --target "$corpus"/recordings/[01]_theo_0.* --out "$exp/george-as-theo.wav"
step 6 "report" disentangle report "$exp"
