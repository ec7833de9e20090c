#!/usr/bin/env bash
# Both generators of a vocoder at equal minutes of one core, three tenths of the rounds without critics, and their sound as it
# is, not refined: recipes/an4/vocoders.sh --corpus FOLDER [--seed N] [--spectral ROUNDS] [--hifigan ROUNDS] [--stage N] ...
corpus= seed=1 spectral=1800 hifigan=600
. "$(dirname "$0")/../steps.sh"
data=$here/data
for row in generator_spectral generator_hifigan; do
  rounds=${row#generator_} rounds=${!rounds} exp=$here/exp/$row-$seed conf=vocoder
  if [ "$row" = generator_hifigan ]; then conf=vocoder_hifigan; fi
  step 0 "prepare" disentangle prepare an4 "$corpus" "$data"
  step 2 "train a $row" $train_cmd disentangle train "$here/conf/$conf.yaml" --data "$data/train" --out "$exp" --resume \
    seed="$seed" name="$row" training.steps="$rounds" alone=$((rounds * 3 / 10)) \
    vocoder.refinement.iterations=0 vocoder.refinement.corrections=0 $overrides
  step 4 "score" $score_cmd disentangle score "$exp" "$data/test" --nj "$nj"
done
if ((stop_stage > 4)); then
  disentangle results "$here"/exp/generator_{spectral,hifigan}-"$seed" --out "$here" \
    --command "recipes/an4/vocoders.sh --corpus FOLDER"
fi
