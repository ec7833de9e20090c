#!/usr/bin/env bash
# Faces in code space: recipes/image/faces/run.sh --corpus FOLDER --system NAME [--seed N] [--set NAME --classes N] ...
# NAME is a file of conf/, vae first: the others work in its code space. FOLDER holds pictures and labels.csv with the
# columns file, subject and condition, as of the Yale faces (glasses, happy, leftlight, ...), which the attributes need; or
# a folder of pictures for each subject, as of the AT&T faces: --set att --classes 40 keeps their rows and models apart.
# --held-out COUNT: pictures that are kept from training and scored.
corpus= system= seed=1 held_out=40 classes=15 set= judge_overrides=
. "$(dirname "$0")/../../steps.sh"
row=$system${set:+-$set} exp=$here/exp/$row-$seed judge=$here/exp/judge${set:+-$set}-$held_out
given=("data.held_out=$held_out" "data.classes=$classes")

step 1 "judge" $train_cmd disentangle train "$here/conf/judge.yaml" \
  --data "$corpus" --out "$judge" --resume "${given[@]}" $judge_overrides
step 2 "train" $train_cmd disentangle train "$here/conf/$system.yaml" \
  --data "$corpus" --out "$exp" --resume seed="$seed" name="$row" "${given[@]}" \
  "latent.generator='$here/exp/vae${set:+-$set}-$seed'" $overrides
step 4 "score" $score_cmd disentangle score "$exp" --judge "$judge" --only "$only"
step 6 "report" disentangle report "$exp"
