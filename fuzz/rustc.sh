#!/usr/bin/env bash
# Stands before rustc (RUSTC_WRAPPER): labctl alone is compiled with the counters
# that tell a fuzzer where it has been, so that what it is built on is built once.
rustc=$1
shift
case " $* " in
*' --crate-name labctl '*)
  set -- "$@" --cfg fuzzing -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares
  ;;
esac
exec "$rustc" "$@"
