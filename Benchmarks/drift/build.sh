#!/usr/bin/env bash
# Compiles the detector's own measurements, without the rest of the package: Benchmarks/drift/build.sh FOLDER
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=$1
mkdir -p "$out"
flags="-O -wmo -swift-version 6 -parse-as-library -I $out"
for feature in ExistentialAny MemberImportVisibility InternalImportsByDefault NonisolatedNonsendingByDefault; do
    flags+=" -enable-upcoming-feature $feature"
done
compile() { # MODULE FILES…
    local module=$1
    shift
    swiftc $flags -module-name "$module" -emit-module -emit-module-path "$out/$module.swiftmodule" \
        -c "$@" -o "$out/$module.o"
}
# Of the words only those of data: all of them take minutes.
compile PlumbModel $(find Sources/PlumbModel/Monitoring -name '*.swift' ! -name PublishedMetric.swift)
compile PlumbSignals $(find Sources/PlumbSignals/{Drift,Sketch,Quality} -name '*.swift') \
    Sources/PlumbSignals/Alarms/BinomialInterval.swift
swiftc ${flags/-parse-as-library/} Benchmarks/drift/detector.swift "$out/PlumbModel.o" "$out/PlumbSignals.o" \
    -o "$out/detector"
