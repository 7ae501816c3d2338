#!/bin/sh
# Compiles twelve.c (Debian: clang-14, lld-14) and writes the module as text into twelve-wasm.generated.ts, which is committed:
# nobody needs a compiler to run the project.
set -eu
cd "$(dirname "$0")"
module=$(mktemp)
trap 'rm -f "$module"' EXIT
"${CLANG:-clang-14}" --target=wasm32 -O3 -msimd128 -mbulk-memory -ffreestanding -nostdlib \
  -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=8192 -o "$module" twelve.c
{
  echo '/** WebAssembly module made from twelve.c by build-twelve.sh. */'
  printf "export const TWELVE_WASM =\n  '%s';\n" "$(base64 -w0 "$module")"
} > twelve-wasm.generated.ts
