# Options and steps of every recipe: --stage N, --stop-stage N, --nj N, --overrides 'key.sub=value ...' of the
# configuration, --only SCORES, and --NAME VALUE for each variable that the recipe has set.
set -euo pipefail
here=$(dirname "$0") recipes=$(dirname "${BASH_SOURCE[0]}")
. "$recipes/path.sh"
. "$recipes/cmd.sh"
stage= stop_stage=6 overrides= only= nj=$(getconf _NPROCESSORS_ONLN)
while [ $# -gt 0 ]; do
  name=${1#--} name=${name//-/_}
  if ! [[ $1 == --* && $name =~ ^[a-z_]+$ && -n ${!name+set} && $# -gt 1 ]]; then
    echo "error: $1 is no option or has no value, $0. Its first lines say what it takes." >&2
    exit 2
  fi
  printf -v "$name" %s "$2"
  shift 2
done

# step NUMBER TITLE COMMAND...: skipped if this very command is done, unless --stage asks for it; what follows it is then
# to be done again.
step() {
  local number=$1 title=$2 later
  local done=$exp/.done/$number-$(printf '%s\n' "${@:3}" | cksum | cut -d' ' -f1)
  if ((number < ${stage:-0} || number > stop_stage)) || [[ -z $stage && -e $done ]]; then return; fi
  echo "stage $number: $title" >&2
  "${@:3}"
  for ((later = number + 1; later < 10; later++)); do rm -f "$exp/.done/$later-"*; done
  mkdir -p "$exp/.done" && touch "$done"
}
