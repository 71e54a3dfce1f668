#!/usr/bin/env bash
# Fuzzes every reader for so many seconds each (60 unless told): scripts/fuzz.sh [SECONDS [READER…]]
#
# New inputs go to .build-fuzz/corpus, which is kept between runs; what breaks a reader to .build-fuzz/found. Put it into
# Tests/FuzzTests/Corpus/READER once it is mended; what a tree reader found is written as a document by
# `plumb-fuzz --print READER FILE`.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true
readers=${*:-document template template-tree plan plan-tree spec spec-tree access access-tree policyfile baseline math schedule day worker statistics constraints violations capture csv objects truth onnx request signature token control sealed keyring shipment note proof log evidence}

build_reader() {
    swift build --scratch-path .build-fuzz --product plumb-fuzz -Xswiftc -O -Xswiftc -sanitize=fuzzer \
        -Xcc -fsanitize=fuzzer-no-link -Xswiftc -D -Xswiftc FUZZING -Xswiftc -use-ld=lld
    program=$(swift build --scratch-path .build-fuzz --show-bin-path)/plumb-fuzz
}

# A program cannot be linked into another one: the worker's files are compiled anew, without its entry.
build_worker() {
    local out=.build-fuzz/worker header=$PWD/Sources/COnnxRuntime/include
    mkdir -p $out
    local flags="-O -wmo -swift-version 6 -parse-as-library -sanitize=fuzzer -I $out"
    for feature in ExistentialAny MemberImportVisibility InternalImportsByDefault NonisolatedNonsendingByDefault; do
        flags+=" -enable-upcoming-feature $feature"
    done
    echo "module COnnxRuntime { umbrella header \"$header/COnnxRuntime.h\" export * }" >$out/module.modulemap
    clang -c -O1 -I "$header" Sources/COnnxRuntime/COnnxRuntime.c -o $out/COnnxRuntime.o
    swiftc $flags -module-name OnnxRuntime -emit-module -emit-module-path $out/OnnxRuntime.swiftmodule \
        -c Sources/OnnxRuntime/*.swift -o $out/OnnxRuntime.o
    local files
    files=$(ls Sources/plumb-worker/*.swift | grep -v /plumb-worker.swift)
    swiftc $flags -module-name plumb_worker $files scripts/fuzz-worker.swift $out/OnnxRuntime.o $out/COnnxRuntime.o \
        -o $out/fuzz-worker
    worker=$out/fuzz-worker
}

case " $readers " in *" worker "*) build_worker ;; esac
case " $readers " in " worker ") ;; *) build_reader ;; esac

failed=0
for reader in $readers; do
    mkdir -p ".build-fuzz/corpus/$reader" ".build-fuzz/found/$reader"
    case $reader in *-tree) length=130 ;; day | schedule) length=64 ;; *) length=8192 ;; esac
    fed=$([ "$reader" = worker ] && echo "$worker" || echo "$program")
    if ! PLUMB_FUZZ_READER=$reader "$fed" -max_total_time="$seconds" -max_len=$length -timeout=10 \
        -rss_limit_mb=1024 -report_slow_units=2 -print_final_stats=1 -dict=Tests/FuzzTests/words.dict \
        -artifact_prefix=".build-fuzz/found/$reader/" ".build-fuzz/corpus/$reader" "Tests/FuzzTests/Corpus/$reader" \
        >".build-fuzz/$reader.log" 2>&1; then
        failed=1
        echo "$reader: broken; see .build-fuzz/$reader.log and .build-fuzz/found/$reader"
    fi
    grep -E 'number_of_executed_units|peak_rss|slowest' ".build-fuzz/$reader.log" | sed "s/^/$reader: /" || true
done
exit $failed
