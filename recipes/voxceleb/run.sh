#!/usr/bin/env bash
# VoxCeleb, speaker vectors alone: recipes/voxceleb/run.sh --corpus FOLDER [--conf NAME] [--seed N] [--trials LIST] ...
# FOLDER holds VoxCeleb 1, 2 or both, with veri_test2.txt; it is scored on --trials, a list of the corpus;
# --pipes --allow-pipes lets ffmpeg decode the m4a files of VoxCeleb 2.
corpus= conf=default seed=1 trials=veri_test2.txt pipes=
. "$(dirname "$0")/../steps.sh"
data=$here/data exp=$here/exp/$conf-$seed

step 0 "prepare" disentangle prepare voxceleb "$corpus" "$data"
for part in train test; do step 1 "check $part" disentangle data validate "$data/$part" $pipes; done
step 2 "train" $train_cmd disentangle train "$here/conf/$conf.yaml" \
  --data "$data/train" --out "$exp" --resume $pipes seed="$seed" name="$conf" $overrides
for part in train test; do
  step 3 "embed $part" $score_cmd disentangle embed "$exp" "$data/$part" "$exp/embeddings/$part" \
    --what speaker --nj "$nj" $pipes
done
step 4 "verify" disentangle verify "$data/trials/$trials" "$exp/embeddings/test/speaker.scp" "$exp" \
  --cohort "$exp/embeddings/train/spk_speaker.scp"
step 6 "report" disentangle report "$exp"
