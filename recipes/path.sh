# Where the commands are: in the checkout's virtual environment, if it has one.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [ -d "$root/.venv/bin" ]; then PATH=$root/.venv/bin:$PATH; fi
