// swift-tools-version: 6.2
import PackageDescription

// Rooms on one floor never import each other; arrows only point down. docs/ARCHITECTURE.md draws the floors,
// and HouseTests keeps them.
let package = Package(
    name: "plumbline",
    products: [
        .executable(name: "plumb", targets: ["plumb"]),
        .executable(name: "plumb-worker", targets: ["plumb-worker"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // Floor 0 and 1: the words, and what measurements say.
        .target(name: "PlumbModel"),
        .target(
            name: "PlumbSignals",
            dependencies: ["PlumbModel", .product(name: "Histogram", package: "hdrhistogram-swift")]
        ),

        // Floor 2: five rooms that do not know each other.
        .target(name: "PlumbPolicy", dependencies: ["PlumbModel", "PlumbSignals"]),
        .target(name: "PlumbFormats", dependencies: ["PlumbModel", .product(name: "Yams", package: "Yams")]),
        .target(name: "PlumbReport", dependencies: ["PlumbModel"]),
        .target(
            name: "PlumbEngine",
            dependencies: [
                "PlumbModel", "PlumbSignals",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "PlumbStore",
            dependencies: [
                "PlumbModel",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),

        // Floor 3: where it runs, and the face it shows.
        .target(
            name: "PlumbLocal",
            dependencies: [
                "PlumbModel", "PlumbSignals", "PlumbEngine", "PlumbStore",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "X509", package: "swift-certificates"),
            ]
        ),
        .target(
            name: "PlumbAWS",
            dependencies: [
                "PlumbModel",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ]
        ),
        .target(
            name: "PlumbConsole",
            dependencies: [
                "PlumbModel", "PlumbSignals", "PlumbEngine", "PlumbReport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("Site/Templates")]
        ),

        // The model server's own tower: no room of the house, so that a worker stays small and starts fast.
        .target(name: "COnnxRuntime"),
        .target(name: "OnnxRuntime", dependencies: ["COnnxRuntime"]),
        .executableTarget(
            name: "plumb-worker",
            dependencies: ["OnnxRuntime", .product(name: "ArgumentParser", package: "swift-argument-parser")]
        ),

        // Floor 4: the command.
        .executableTarget(
            name: "plumb",
            dependencies: [
                "PlumbModel", "PlumbSignals", "PlumbPolicy", "PlumbFormats", "PlumbReport", "PlumbEngine", "PlumbStore",
                "PlumbLocal", "PlumbAWS", "PlumbConsole",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("Optimization/candidates.py")]
        ),

        // Feeds every reader with what nobody would write; no product.
        .executableTarget(
            name: "plumb-fuzz",
            dependencies: [
                "PlumbModel", "PlumbSignals", "PlumbPolicy", "PlumbFormats", "PlumbReport", "PlumbEngine", "PlumbStore",
                "PlumbConsole", "PlumbLocal",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),

        // Fills an engine's folder with a past, for measurements; no product.
        .executableTarget(
            name: "plumb-seed",
            dependencies: [
                "PlumbModel", "PlumbFormats", "PlumbEngine", "PlumbStore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/seed"
        ),

        .target(
            name: "PlumbTesting",
            dependencies: ["PlumbModel", "PlumbSignals", "PlumbEngine"],
            path: "Tests/PlumbTesting"
        ),
        .testTarget(name: "HouseTests", dependencies: []),
        .testTarget(name: "PlumbModelTests", dependencies: ["PlumbModel"]),
        .testTarget(name: "PlumbSignalsTests", dependencies: ["PlumbSignals", "PlumbTesting"]),
        .testTarget(
            name: "PlumbPolicyTests",
            dependencies: ["PlumbPolicy", "PlumbFormats", "PlumbTesting"]
        ),
        .testTarget(
            name: "PlumbFormatsTests", dependencies: ["PlumbFormats", "PlumbSignals", "PlumbTesting"],
            exclude: ["Templates", "Plans", "ModelMonitor/Fixtures"]),
        .testTarget(name: "PlumbReportTests", dependencies: ["PlumbReport", "PlumbTesting"], exclude: ["Goldens"]),
        .testTarget(name: "PlumbEngineTests", dependencies: ["PlumbEngine", "PlumbTesting"]),
        .testTarget(name: "PlumbStoreTests", dependencies: ["PlumbStore", "PlumbTesting"]),
        .testTarget(
            name: "PlumbLocalTests",
            dependencies: [
                "PlumbLocal", "PlumbModel", "PlumbEngine", "PlumbStore", "PlumbTesting", "plumb-worker",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "X509", package: "swift-certificates"),
            ]
        ),
        .testTarget(
            name: "PlumbAWSTests",
            dependencies: [
                "PlumbAWS", "PlumbModel", "PlumbTesting",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "PlumbConsoleTests",
            dependencies: [
                "PlumbConsole", "PlumbEngine", "PlumbModel", "PlumbSignals", "PlumbTesting",
                .product(name: "Hummingbird", package: "hummingbird"), .product(name: "Logging", package: "swift-log"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Mustache", package: "swift-mustache"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ]
        ),
        .testTarget(name: "OnnxRuntimeTests", dependencies: ["OnnxRuntime", "plumb-worker"], exclude: ["Fixtures"]),
        .testTarget(
            name: "FuzzTests", dependencies: ["plumb-fuzz", "PlumbFormats", "PlumbModel"],
            exclude: ["Corpus", "words.dict"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "plumb", "plumb-worker", "PlumbLocal", "PlumbModel", "PlumbTesting",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        // Real tools on what is rendered; each is left out where its tool is missing.
        .testTarget(
            name: "RenderedToolsTests",
            dependencies: ["plumb", "PlumbFormats", "PlumbModel", "PlumbPolicy", "PlumbTesting"]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.name != "COnnxRuntime" {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            .enableUpcomingFeature("InferIsolatedConformances"),
            .strictMemorySafety(),
            .treatAllWarnings(as: .error),
        ]
}
