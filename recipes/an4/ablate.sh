#!/usr/bin/env bash
# Every row of the ablation on AN4: recipes/an4/ablate.sh --corpus FOLDER; options and rows stand in recipes/ablation.sh.
score=content_cer,conversion_cer
more=
. "$(dirname "$0")/../ablation.sh"
