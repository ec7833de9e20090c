#!/usr/bin/env bash
# The adapter on FSDD, four speakers to the two others: recipes/fsdd/adapt.sh --corpus FOLDER; options and rows stand in
# recipes/adaptation.sh.
setups='leave1 leave2 leave3'
of() {
  source=$here/data/$1/train target=$here/data/$1/target test=$here/data/$1/test
  labels=(--labels "$source/utt2digit")
}
of_leave1() { of leave1; }
of_leave2() { of leave2; }
of_leave3() { of leave3; }
. "$(dirname "$0")/../adaptation.sh"
