# Every row of an ablation, sourced by <corpus>/ablate.sh once `score` and `more` rows are set: --corpus FOLDER
# [--rows 'plain vq ...'] [--seeds '1 2 3'] [--only SCORES] ... Each row is a file of conf/, run by run.sh; what is done is
# skipped. Rows are compared on what `--split validation` holds out of the training data; then RESULTS.json and the plot of
# leakage against content are written.
corpus= split=validation seeds='1 2 3'
rows='all plain instance_norm width_4 width_12 vq noise swap perturbed pair_critic reversal both_critics ensemble club leace supervised adain_vc autovc vqmivc knn_vc'
rows="$rows $more"
. "$(dirname "${BASH_SOURCE[0]}")/steps.sh"
attacks=content_speaker_accuracy_linear,content_speaker_accuracy_mlp,content_speaker_accuracy_sequence
voices=conversion_speaker_accept,conversion_source_accept
only=${only:-speaker_eer,speaker_content_accuracy,$attacks,$voices,$score}
options=(--corpus "$corpus" --split "$split" --nj "$nj" --only "$only" --overrides "$overrides")
options+=(--stage "$stage" --stop-stage "$stop_stage")

made=()
for seed in $seeds; do
  for row in $rows; do
    "$here/run.sh" "${options[@]}" --conf "$row" --seed "$seed"
    made+=("$here/exp/$row-$split-$seed")
  done
done
if ((stop_stage > 3)); then
  disentangle results "${made[@]}" --out "$here/ablation" --pareto "$here/ablation/pareto.svg"
fi
