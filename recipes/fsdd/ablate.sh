#!/usr/bin/env bash
# Every row of the ablation on FSDD: recipes/fsdd/ablate.sh --corpus FOLDER; options and rows stand in recipes/ablation.sh.
score=content_digit_accuracy,conversion_both
more='parallel grid'
. "$(dirname "$0")/../ablation.sh"
