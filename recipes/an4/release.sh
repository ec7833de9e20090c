#!/usr/bin/env bash
# A model with its vocoder, to give away: recipes/an4/release.sh --corpus FOLDER [--seed N] [--stage N] ...
# Learned from AN4's training speakers and sixteen synthetic voices; its vocoder from recordings, then from the model's own
# log-mels; scored on AN4's ten speakers that neither ever heard. FOLDER is the corpus as published.
corpus= seed=1
. "$(dirname "$0")/../steps.sh"
data=$here/data exp=$here/exp/release-$seed first=$here/exp/release-vocoder-$seed sound=$here/exp/release-sound-$seed

step 0 "prepare" disentangle prepare an4 "$corpus" "$data"
step 0 "synthesise voices" disentangle prepare espeak "$data/espeak_audio" "$data/espeak"
step 1 "join them" disentangle data combine "$data/train" "$data/espeak/train" "$data/release"
step 2 "train" $train_cmd disentangle train "$here/conf/release.yaml" \
  --data "$data/release" --out "$exp" --resume seed="$seed" $overrides
step 3 "train a vocoder" $train_cmd disentangle train "$here/conf/release_vocoder.yaml" \
  --data "$data/release" --out "$first" --resume seed="$seed" name=release-vocoder
step 4 "train it on the model's log-mels" $train_cmd disentangle train "$here/conf/vocoder_reconstructed.yaml" \
  --data "$data/release" --out "$sound" --resume seed="$seed" name=release-sound training.steps=3000 \
  stage.start="$first" stage.speech="$exp"
step 5 "score the vocoder" $score_cmd disentangle score "$sound" "$data/test" --nj "$nj"
step 5 "score" $score_cmd disentangle score "$exp" "$data/test" --vocoder "$sound" --nj "$nj" --only "$only"
step 6 "release" disentangle release "$exp" "$exp/an4" --about "$here/released/an4.md" --vocoder "$sound"
step 6 "report" disentangle report "$exp"
