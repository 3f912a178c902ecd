// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// The table below is the architecture: a module may import what stands behind it and nothing else.
// Tests/AppTests/ArchitectureTests.swift holds the sources against it, because SwiftPM does not.

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

func module(_ folder: String, _ name: String, _ dependencies: [String]) -> Target {
    .target(
        name: name,
        dependencies: dependencies.map { .init(stringLiteral: $0) },
        path: "Sources/\(folder)/\(name)",
        swiftSettings: settings
    )
}

func app(_ name: String, _ dependencies: [String]) -> Target {
    .target(
        name: name,
        dependencies: dependencies.map { .init(stringLiteral: $0) },
        path: "Sources/\(name)",
        swiftSettings: settings
    )
}

func tests(_ name: String, _ dependencies: [String]) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: dependencies.map { .init(stringLiteral: $0) },
        path: "Tests/\(name)Tests",
        swiftSettings: settings
    )
}

/// What several test targets share.
func support(_ name: String, _ dependencies: [String]) -> Target {
    .target(
        name: "\(name)Support",
        dependencies: dependencies.map { .init(stringLiteral: $0) },
        path: "Tests/\(name)Support",
        swiftSettings: settings
    )
}

func system(_ name: String, pkgConfig: String? = nil, apt: String? = nil) -> Target {
    .systemLibrary(
        name: name,
        path: "Sources/C/\(name)",
        pkgConfig: pkgConfig,
        providers: apt.map { [.apt([$0])] }
    )
}

let features = [
    "AdminKit", "Crypto", "Database", "Identity", "ImportEngine", "ImportKit", "Jobs", "Markup", "Money", "RecordKit",
    "Records", "Support", "Web",
]

let package = Package(
    name: "bodega",
    targets: [
        system("CLinux"),
        system("CCurl", apt: "libcurl4-openssl-dev"),
        system("CFastCGI", apt: "libfcgi-dev"),
        system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        system("CSodium", pkgConfig: "libsodium", apt: "libsodium-dev"),
        system("CUchardet", apt: "libuchardet-dev"),
        system("CUnistring", apt: "libunistring-dev"),
        system("CVips"),
        system("CXML", pkgConfig: "libxml-2.0", apt: "libxml2-dev"),
        system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),

        module("Kit", "Support", ["CLinux", "CUnistring"]),
        module("Kit", "Crypto", ["CSodium", "Support"]),
        module("Kit", "Markup", []),
        module("Kit", "Database", ["CSQLite", "Crypto", "Support"]),
        module("Kit", "Web", ["Markup", "Support"]),
        module("Kit", "Process", ["CLinux", "Support"]),
        module("Kit", "FastCGI", ["CFastCGI", "CLinux", "Process", "Support", "Web"]),
        module("Kit", "Jobs", ["Crypto", "Database", "Process", "Support"]),
        module("Kit", "Tables", ["CLinux", "CUchardet", "CXML", "CZlib", "Support"]),
        module("Kit", "Money", ["Support"]),
        module("Kit", "HTTPClient", ["CCurl", "Support"]),
        module("Kit", "Blobs", ["Crypto", "Database", "Support"]),
        module("Kit", "Pictures", ["Blobs", "CLinux", "CVips", "Database", "Process", "Support"]),
        module("Kit", "Records", ["Crypto", "Database", "Money", "Support"]),
        module("Kit", "Statistics", []),
        module("Kit", "Ranking", ["Statistics"]),
        module("Kit", "ImportEngine", ["Crypto", "Database", "Jobs", "Money", "Records", "Support", "Tables", "Web"]),

        module("Platform", "Identity", ["Crypto", "Database", "Support", "Web"]),
        module("Platform", "AdminKit", ["Database", "Identity", "Jobs", "Markup", "Support", "Web"]),

        module(
            "Platform",
            "RecordKit",
            ["AdminKit", "Database", "Identity", "Jobs", "Markup", "Money", "Records", "Support", "Web"]
        ),
        module(
            "Platform",
            "ImportKit",
            [
                "AdminKit", "Crypto", "Database", "Identity", "ImportEngine", "Jobs", "Markup", "Money", "RecordKit",
                "Records", "Support", "Tables", "Web",
            ]
        ),

        module("Features", "Accounts", features + ["Tables"]),
        module("Features", "Operations", features),
        module("Features", "Catalog", features + ["Blobs", "Pictures", "Tables"]),
        module("Features", "Webhooks", features + ["HTTPClient"]),
        module("Features", "Customers", features),

        app(
            "App",
            features + [
                "Accounts", "Blobs", "Catalog", "Customers", "FastCGI", "Operations", "Pictures", "Process", "Tables",
                "Webhooks",
            ]
        ),
        .executableTarget(name: "bodega", dependencies: ["App"], path: "Sources/bodega", swiftSettings: settings),

        support("Test", ["Support", "Web"]),
        support("IdentityTest", ["Database", "Identity", "Support", "TestSupport", "Web"]),
        support("AdminKitTest", ["AdminKit", "Markup", "Support", "Web"]),

        tests("Support", ["Support", "TestSupport"]),
        tests("Markup", ["Markup"]),
        tests("Crypto", ["Crypto", "Support"]),
        tests("Process", ["Process", "Support", "TestSupport"]),
        tests("FastCGI", ["FastCGI", "Process", "Support", "TestSupport", "Web"]),
        .executableTarget(
            name: "GateProbe",
            dependencies: ["Database", "Support"],
            path: "Tests/GateProbe",
            swiftSettings: settings
        ),
        tests("Database", ["Database", "GateProbe", "Process", "Support", "TestSupport"]),
        tests("Tables", ["Support", "Tables", "TestSupport"]),
        tests("Money", ["Money", "Support", "TestSupport"]),
        tests("Blobs", ["Blobs", "Crypto", "Database", "Support", "TestSupport"]),
        tests("Pictures", ["Pictures", "Support", "TestSupport"]),
        tests("Records", ["Money", "Records", "Support", "TestSupport"]),
        tests("Statistics", ["Statistics", "TestSupport"]),
        tests("Ranking", ["CZlib", "Ranking", "Statistics", "TestSupport"]),
        tests("Web", ["Markup", "Support", "TestSupport", "Web"]),
        tests("Jobs", ["Database", "Jobs", "Process", "Support", "TestSupport"]),
        tests("Identity", ["Crypto", "Database", "Identity", "IdentityTestSupport", "Support", "TestSupport", "Web"]),
        tests("AdminKit", ["AdminKit", "AdminKitTestSupport", "Markup", "Support", "Web"]),
        tests("Accounts", features + ["Accounts", "AdminKitTestSupport", "IdentityTestSupport", "TestSupport"]),
        tests(
            "Catalog",
            features + [
                "AdminKitTestSupport", "Blobs", "Catalog", "IdentityTestSupport", "Pictures", "Tables", "TestSupport",
            ]
        ),
        tests(
            "App",
            features + ["App", "Catalog", "FastCGI", "IdentityTestSupport", "Process", "TestSupport", "bodega"]
        ),
        tests("HTTPClient", ["HTTPClient", "Support", "TestSupport"]),
        tests(
            "Webhooks",
            features + ["AdminKitTestSupport", "HTTPClient", "IdentityTestSupport", "TestSupport", "Webhooks"]
        ),
        tests(
            "Customers",
            features + ["Catalog", "Customers", "IdentityTestSupport", "Tables", "TestSupport"]
        ),
        tests("Operations", features + ["AdminKitTestSupport", "IdentityTestSupport", "Operations", "TestSupport"]),
    ],
    swiftLanguageModes: [.v6]
)
