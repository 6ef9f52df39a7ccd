#!/usr/bin/env bash
# Puts a sheet of before, after and difference below target/changed/ for each
# picture that changed since it was last looked at.
# Usage: docs/changed.sh           says which, and fails where there are any
#        docs/changed.sh accept    holds the pictures of now from now on
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
  "") ;;
  accept) export LABCTL_ACCEPT_PICTURES=1 ;;
  *) echo "changed: there is no $1; leave it out, or say accept" >&2; exit 2 ;;
esac

code=0
cargo test --quiet --lib charts::tests::pictures || code=$?
find target/changed -name '*.png' 2>/dev/null | sort | sed 's/^/changed: /'
exit "$code"
