#!/usr/bin/env bash
# The adapter on AN4: recipes/an4/adapt.sh --corpus FOLDER; options and rows stand in recipes/adaptation.sh. `telephone` is
# clean speech to the same through rooms, noise of 0 to 15 dB and a telephone; `women` is men's speech to women's.
setups='telephone women'
of_telephone() {
  source=$here/data/train target=$here/data/telephone/train test=$here/data/telephone/test
  for part in train test; do
    step 1 "degrade $part" disentangle data degrade "$here/data/$part" "$here/data/telephone/$part" \
      --room --noise 0:15 --telephone --seed 1
  done
}
of_women() {
  source=$here/data/men/train target=$here/data/women/train test=$here/data/women/test
  step 1 "men of train" disentangle data subset "$here/data/train" "$source" --where gender=m
  for part in train test; do
    step 1 "women of $part" disentangle data subset "$here/data/$part" "$here/data/women/$part" --where gender=f
  done
}
. "$(dirname "$0")/../adaptation.sh"
