# The adapter in set-ups, sourced by <corpus>/adapt.sh, whose `setups` are their names and whose function `of_NAME` makes the
# data that it names `source`, `target` and `test`, by steps 1: --corpus FOLDER [--setups 'NAME ...'] [--seeds '1 2 3']
# [--conf NAME] [--adapter 'WORDS'] ... Each set-up is three rows of RESULTS.json: NAME-source_only, NAME-adapted and
# NAME-target_only, the last of a model and a recogniser that learned from the target's own labels. What is done is skipped.
corpus= conf=default seeds='1 2 3' adapter=
. "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

learn() { # TITLE DATA NAME
  exp=$here/exp/$3-$seed
  step 2 "train on the $1" $train_cmd disentangle train "$here/conf/$conf.yaml" \
    --data "$2" --out "$exp" --resume seed="$seed" name="$3" $overrides
}

made=()
for setup in $setups; do
  if ! declare -F "of_$setup" >/dev/null; then
    echo "error: $setup is no set-up, $0. Its first lines say what it takes." >&2
    exit 2
  fi
  exp=$here/exp/$setup
  step 0 "prepare" disentangle prepare "$(basename "$here")" "$corpus" "$here/data"
  labels=()
  "of_$setup"
  for data in "$source" "$target" "$test"; do step 1 "check" disentangle data validate "$data"; done
  for seed in $seeds; do
    learn source "$source" "$setup-source"
    learn target "$target" "$setup-target"
    exp=$here/exp/$setup-adapted-$seed
    step 3 "adapt" $train_cmd disentangle adapt "$here/exp/$setup-source-$seed" --source "$source" --target "$target" \
      --test "$test" --informed "$here/exp/$setup-target-$seed" --out "$exp" --name "$setup-adapted" --seed "$seed" \
      --nj "$nj" --resume "${labels[@]}" $adapter
    step 4 "report" disentangle report "$exp"
    made+=("$exp")
  done
done
if ((stop_stage > 4)); then
  disentangle results "${made[@]}" --out "$here"
fi
