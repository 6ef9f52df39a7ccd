#!/usr/bin/env bash
# The program's code for systems other than this one: that it compiles, by cargo
# check, which links and runs nothing. Usage: tests/systems.sh [TARGET...]; a target
# whose standard library rustup cannot fetch is named and passed over.
set -euo pipefail
cd "$(dirname "$0")/.."

targets=("${@:-}")
[ -n "${targets[0]}" ] || targets=(x86_64-pc-windows-gnu aarch64-apple-darwin aarch64-unknown-linux-gnu)
stand_ins=$(mktemp -d)
trap 'rm -rf "$stand_ins"' EXIT

# Some crates bring C, for which check has no use: stand-ins take the place of a C
# compiler for the target and of its archiver, and make empty files.
cat >"$stand_ins/cc" <<'END'
#!/usr/bin/env bash
args=("$@")
for ((at = 0; at < ${#args[@]}; at++)); do
  case ${args[at]} in
    -E) exec cc "$@" ;;
    -o) exec cc -c -x c /dev/null -o "${args[at + 1]}" ;;
  esac
done
END
cat >"$stand_ins/ar" <<'END'
#!/usr/bin/env bash
for one in "$@"; do
  case $one in *.a) [ -e "$one" ] || printf '!<arch>\n' >"$one" ;; esac
done
END
chmod +x "$stand_ins/cc" "$stand_ins/ar"

failed=()
for target in "${targets[@]}"; do
  if ! rustup target add "$target" >/dev/null 2>&1; then
    echo "systems: $target passed over: its standard library cannot be had"
    continue
  fi
  name=${target//-/_}
  export "CC_$name=$stand_ins/cc" "CXX_$name=$stand_ins/cc" "AR_$name=$stand_ins/ar"
  if cargo check --quiet --target "$target"; then echo "systems: $target compiles"; else failed+=("$target"); fi
done
[ ${#failed[@]} -eq 0 ] || { echo "systems: FAILED: ${failed[*]}" >&2; exit 1; }
