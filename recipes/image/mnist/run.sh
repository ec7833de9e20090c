#!/usr/bin/env bash
# MNIST, one system at a time: recipes/image/mnist/run.sh --corpus FOLDER --system NAME [--seed N] [--photos FOLDER] ...
# NAME is a file of conf/; FOLDER holds the four idx files (without --corpus they are downloaded), --photos BSDS500 for
# the systems of two domains.
# --held-out COUNT scores the last training pictures, kept from training, to choose a configuration by.
# --generator EXP is the trained system whose code space the systems inversion_* and completion_* work in, --encoder EXP
# an inversion_encoder of it for inversion_hybrid and inversion_own_samples.
# The Frechet distance is also given as a share of the VAE's where --system vae was run before with the same seed.
corpus= system= seed=1 photos= held_out= generator= encoder= judge_overrides=
. "$(dirname "$0")/../../steps.sh"
part=${held_out:+-held-$held_out} row=$system$part exp=$here/exp/$row-$seed judge=$here/exp/judge$part
given=("data.photos='$photos'" "data.held_out=${held_out:-0}")
space=("latent.generator='$generator'" "latent.encoder='$encoder'")

[ -n "$corpus" ] || { corpus=$here/data && step 0 "download" disentangle download mnist "$corpus"; }
step 1 "judge" $train_cmd disentangle train "$here/conf/judge.yaml" \
  --data "$corpus" --out "$judge" --resume "${given[@]}" $judge_overrides
step 2 "train" $train_cmd disentangle train "$here/conf/$system.yaml" \
  --data "$corpus" --out "$exp" --resume seed="$seed" name="$row" "${given[@]}" "${space[@]}" $overrides
step 4 "score" $score_cmd disentangle score "$exp" \
  --judge "$judge" --vae "$here/exp/vae$part-$seed" --only "$only"
step 6 "report" disentangle report "$exp"
