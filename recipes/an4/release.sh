#!/usr/bin/env bash
# A model with its vocoder, to give away: recipes/an4/release.sh --corpus FOLDER [--seed N] [--stage N] ...
# Both learn from AN4's training speakers and sixteen synthetic voices, and are scored on AN4's ten test speakers, whom
# neither ever heard. FOLDER is the corpus as published.
corpus= seed=0
. "$(dirname "$0")/../steps.sh"
behind=averaged_speaker_accuracy_sequence,noiseless_speaker_accuracy_sequence  # attackers of content without its noise
scores=verification,leakage,content,conversion,speed,$behind
data=$here/data exp=$here/exp/release-$seed sound=$here/exp/release_vocoder-$seed

step 0 "prepare" disentangle prepare an4 "$corpus" "$data"
step 0 "synthesise voices" disentangle prepare espeak "$data/espeak_audio" "$data/espeak"
step 1 "join them" disentangle data combine "$data/train" "$data/espeak/train" "$data/release"
step 2 "train" $train_cmd disentangle train "$here/conf/release.yaml" \
  --data "$data/release" --out "$exp" --resume seed="$seed" $overrides
step 3 "train a vocoder" $train_cmd disentangle train "$here/conf/release_vocoder.yaml" \
  --data "$data/release" --out "$sound" --resume seed="$seed"
step 4 "score the vocoder" $score_cmd disentangle score "$sound" "$data/test" --nj "$nj"
step 4 "score Griffin and Lim's sound of it" $score_cmd disentangle score "$exp" "$data/test" --nj "$nj" \
  --only conversion,speed --out "$here/exp/griffinlim/scores.json"
step 4 "score" $score_cmd disentangle score "$exp" "$data/test" --vocoder "$sound" --nj "$nj" \
  --only "${only:-$scores}"
step 5 "hide speakers" env DISENTANGLE_KEY="of seed $seed, and no secret" disentangle anonymize \
  "$exp" "$data/test" "$here/exp/release_anonymized" --vocoder "$sound" --nj "$nj"
step 5 "release" disentangle release "$exp" "$exp/an4" --about "$here/released/an4.md" --vocoder "$sound"
step 6 "report" disentangle report "$exp"
if ((stop_stage > 5)) && [ -z "$only" ]; then
  command=(--command "recipes/an4/release.sh --corpus FOLDER" --out "$here")
  disentangle results "$exp" --beside real,resynthesis "${command[@]}"
  disentangle results "$sound" "$here"/exp/{griffinlim,release_anonymized} "${command[@]}"
fi
