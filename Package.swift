// swift-tools-version: 6.2
import PackageDescription

// The ladder of docs/architecture.md: a target imports only what stands below it, and the two wings (Platform,
// Application) never import each other. RepositoryTests holds the sources against this list.

/// One list of settings for every Swift target.
let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

/// A Swift target of the ladder: `folder` is the storey it stands on.
func room(_ name: String, in folder: String, imports: [String]) -> Target {
    .target(
        name: name, dependencies: imports.map { .byName(name: $0) }, path: "Sources/\(folder)/\(name)",
        swiftSettings: settings)
}

/// The module map of a C library that Debian packages; one without pkg-config is linked by its module map.
func library(_ name: String, _ pkgConfig: String?) -> Target {
    .systemLibrary(name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig)
}

/// The tests of the rooms it names.
func tests(_ name: String, of rooms: [String], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: rooms.map { .byName(name: $0) }, path: "Tests/\(name)Tests",
        exclude: exclude, swiftSettings: settings)
}

/// What several rooms' tests share.
func support(_ name: String, imports: [String], exclude: [String] = []) -> Target {
    .target(
        name: name, dependencies: imports.map { .byName(name: $0) }, path: "Tests/\(name)", exclude: exclude,
        swiftSettings: settings)
}

/// The rooms that are of use without the rest of Parlor.
let libraries = [
    "Basics", "JSONText", "Telemetry", "Loop", "Processes", "Digests", "TLS", "HTTP", "Postgres", "Redis",
    "ObjectStorage", "Etcd",
]

let package = Package(
    name: "Parlor",
    products: [.executable(name: "parlor", targets: ["parlor"])]
        // The benchmarks, a package of their own, use them as anybody would.
        + libraries.map { .library(name: $0, targets: [$0]) },
    targets: [
        // System
        .target(name: "CClock", path: "Sources/System/CClock"),
        .target(name: "CLinux", path: "Sources/System/CLinux"),
        .target(
            name: "CSimdJSON", path: "Sources/System/CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
        library("CUV", "libuv"),
        library("CYAML", "yaml-0.1"),
        library("CPostgres", "libpq"),
        library("COpenSSL", "openssl"),
        library("CCrypto", "libcrypto"),
        library("CWslay", nil),
        library("CZlib", "zlib"),
        library("CArgon2", nil),
        // Not by pkg-config: SwiftPM warns of a flag in its file, and both paths are standard ones.
        library("CHiredis", nil),

        // Core
        room("Basics", in: "Core", imports: ["CClock"]),
        room("JSONText", in: "Core", imports: ["Basics", "CSimdJSON"]),
        room("Configuration", in: "Core", imports: ["Basics", "CYAML"]),
        room("Telemetry", in: "Core", imports: ["Basics"]),
        room("Zones", in: "Core", imports: ["Basics"]),
        room("Loop", in: "Core", imports: ["Basics", "CUV"]),
        room("State", in: "Core", imports: ["Basics"]),
        room("Processes", in: "Core", imports: ["Basics", "Loop", "CLinux"]),

        // Drivers
        room("HTTP", in: "Drivers", imports: ["Basics", "JSONText", "Loop", "Digests", "CWslay", "CZlib"]),
        room("Digests", in: "Drivers", imports: ["Basics", "CCrypto"]),
        room("TLS", in: "Drivers", imports: ["Basics", "Loop", "COpenSSL"]),
        room("Postgres", in: "Drivers", imports: ["Basics", "Loop", "CPostgres"]),
        room("Redis", in: "Drivers", imports: ["Basics", "Loop", "Digests", "CHiredis"]),
        room("ObjectStorage", in: "Drivers", imports: ["Basics", "JSONText", "Loop", "HTTP", "Digests"]),
        room("Etcd", in: "Drivers", imports: ["Basics", "JSONText", "Loop", "HTTP", "Digests"]),

        // Data
        room("Migrations", in: "Data", imports: ["Basics", "Digests", "Loop", "Postgres"]),
        room(
            "Store", in: "Data",
            imports: ["Basics", "Configuration", "Digests", "JSONText", "Telemetry", "Loop", "Postgres", "Redis"]),
        room("Jobs", in: "Data", imports: ["Basics", "Loop", "Postgres", "Store"]),
        room("Seed", in: "Data", imports: ["Basics", "Loop", "Postgres"]),

        // Application
        room("Tenants", in: "Application", imports: ["Basics", "Loop", "Postgres", "Store", "Digests", "CArgon2"]),
        room(
            "Bookings", in: "Application",
            imports: [
                "Basics", "Postgres", "Store", "Zones", "Digests", "JSONText", "Loop",
            ]),
        room("Messaging", in: "Application", imports: ["Basics", "JSONText", "Postgres", "Store"]),
        room(
            "Assistant", in: "Application",
            imports: ["Basics", "Bookings", "JSONText", "Loop", "Messaging", "Postgres", "Store", "Zones"]),
        room(
            "WhatsApp", in: "Application",
            imports: [
                "Basics", "Digests", "HTTP", "JSONText", "Jobs", "Loop", "Messaging", "Postgres", "Store", "Telemetry",
                "Tenants",
            ]),
        room(
            "Notices", in: "Application",
            imports: [
                "Basics", "Bookings", "JSONText", "Jobs", "Messaging", "Postgres", "Store", "Zones",
            ]),
        room(
            "Simulation", in: "Application", imports: ["Basics", "Digests", "HTTP", "JSONText", "Loop"]),

        // Platform
        room(
            "Consensus", in: "Platform", imports: ["Basics", "JSONText", "Loop", "Processes", "HTTP", "TLS", "Etcd"]),
        room(
            "Cluster", in: "Platform",
            imports: [
                "Basics", "Configuration", "Digests", "Etcd", "HTTP", "JSONText", "Loop", "Migrations", "Postgres",
                "Processes", "TLS",
            ]),
        room("Trust", in: "Platform", imports: ["Basics", "TLS"]),
        room("Installation", in: "Platform", imports: ["Basics"]),
        room("Pooling", in: "Platform", imports: ["Basics", "Loop", "Postgres", "Processes"]),
        room("Caching", in: "Platform", imports: ["Basics", "Loop", "Processes", "Redis", "TLS"]),
        room(
            "Backups", in: "Platform",
            imports: [
                "Basics", "Configuration", "Digests", "JSONText", "Loop", "ObjectStorage", "Postgres", "Processes",
            ]),
        room(
            "Notifications", in: "Platform", imports: ["Basics", "Configuration", "Digests", "HTTP", "Loop", "TLS"]),
        room(
            "Hardening", in: "Platform",
            imports: ["Basics", "Digests", "HTTP", "Loop", "Postgres", "Redis", "TLS", "Trust"]),
        room(
            "Agent", in: "Platform",
            imports: [
                "Basics", "JSONText", "Configuration", "Telemetry", "Loop", "State", "Processes", "TLS", "HTTP",
                "Migrations", "Seed", "Postgres", "Store", "Etcd", "Trust", "Consensus", "Cluster", "Pooling",
                "Caching", "Hardening", "Backups", "Notifications", "ObjectStorage",
            ]),

        room(
            "Drills", in: "Platform",
            imports: [
                "Basics", "Telemetry", "Loop", "State", "Processes", "Postgres", "Cluster", "Agent",
            ]),

        // Interfaces
        room(
            "Work", in: "Interfaces",
            imports: [
                "Basics", "Bookings", "Configuration", "HTTP", "Jobs", "Loop", "Messaging", "Notices", "Postgres",
                "Store", "TLS", "Telemetry", "WhatsApp", "Zones", "Assistant",
            ]),
        room(
            "API", in: "Interfaces",
            imports: [
                "Basics", "Configuration", "Telemetry", "Loop", "HTTP", "Postgres", "Store", "Tenants", "WhatsApp",
                "JSONText", "Digests", "Messaging", "Work", "Bookings", "Zones",
            ]),

        // Commands
        .target(
            name: "Commands",
            dependencies: [
                "Basics", "JSONText", "Configuration", "Telemetry", "Loop", "State", "Processes", "HTTP", "Postgres",
                "Store", "Jobs", "Migrations", "Seed", "Tenants", "Bookings", "Messaging", "Assistant", "WhatsApp",
                "Simulation",
                "Cluster",
                "Agent", "Hardening", "Backups", "Notifications", "Drills", "Installation", "API", "Notices", "Work",
            ], path: "Sources/Commands", swiftSettings: settings),
        .executableTarget(name: "parlor", dependencies: ["Commands"], swiftSettings: settings),

        // What `./parlor bench store` loads; it stands here because the rooms of Data are seen in this package only.
        .executableTarget(
            name: "storeload", dependencies: ["Basics", "Loop", "Postgres", "Migrations", "Seed", "Store", "Bookings"],
            path: "Benchmarks/Subjects/storeload", swiftSettings: settings),
        // And what configures the pooler that `./parlor bench pooler` loads, as the platform does.
        .executableTarget(
            name: "poolerfiles", dependencies: ["Basics", "Loop", "Postgres", "TLS", "Trust", "Pooling"],
            path: "Benchmarks/Subjects/poolerfiles", swiftSettings: settings),
        // And what tells pgBackRest what `./parlor bench backups` measures, as the platform does.
        .executableTarget(
            name: "backupruns", dependencies: ["Basics", "Loop", "Processes", "Backups"],
            path: "Benchmarks/Subjects/backupruns", swiftSettings: settings),

        // Tests
        support("TestSupport", imports: ["Basics"]),
        tests("Basics", of: ["Basics", "JSONText", "TestSupport"]),
        tests("JSONText", of: ["Basics", "JSONText", "TestSupport"]),
        tests("Configuration", of: ["Basics", "Configuration"]),
        tests("Telemetry", of: ["Basics", "JSONText", "Telemetry", "TestSupport"]),
        tests("Zones", of: ["Basics", "Postgres", "PostgresTestSupport", "TestSupport", "Zones"]),
        tests("Loop", of: ["Basics", "Loop", "LoopTestSupport", "TestSupport"]),
        support("LoopTestSupport", imports: ["Basics", "Loop"]),
        tests("State", of: ["Basics", "State"]),
        tests("Processes", of: ["Basics", "Loop", "Processes", "TestSupport"]),
        tests(
            "HTTP",
            of: [
                "Basics", "Loop", "TLS", "HTTP", "CZlib", "HTTPTestSupport", "LoopTestSupport", "TLSTestSupport",
                "TestSupport",
            ]),
        support("HTTPTestSupport", imports: ["Basics", "Loop", "HTTP"]),
        tests(
            "Postgres",
            of: ["Basics", "Loop", "Postgres", "PostgresTestSupport", "LoopTestSupport", "TestSupport"]),
        support("PostgresTestSupport", imports: ["Basics", "Loop", "Postgres", "ServerTestSupport"]),
        tests(
            "Etcd",
            of: [
                "Basics", "JSONText", "Loop", "HTTP", "TLS", "Etcd", "EtcdTestSupport", "LoopTestSupport",
                "TestSupport",
            ]),
        support(
            "EtcdTestSupport",
            imports: ["Basics", "Loop", "HTTP", "TLS", "Etcd", "ServerTestSupport", "TLSTestSupport"]),
        tests(
            "Consensus",
            of: [
                "Basics", "Loop", "Processes", "TLS", "Etcd", "Consensus", "EtcdTestSupport", "TLSTestSupport",
                "TestSupport",
            ], exclude: ["Golden"]),
        tests("Trust", of: ["Basics", "TLS", "Trust", "TestSupport"]),
        tests(
            "Pooling",
            of: ["Basics", "Loop", "Postgres", "Processes", "Pooling", "ServerTestSupport", "TestSupport"],
            exclude: ["Golden"]),
        tests("Digests", of: ["Digests", "TestSupport"]),
        tests(
            "ObjectStorage",
            of: [
                "Basics", "Loop", "HTTP", "TLS", "Digests", "ObjectStorage", "LoopTestSupport", "S3TestSupport",
                "TLSTestSupport", "TestSupport",
            ]),
        support("S3TestSupport", imports: ["Basics"], exclude: ["object-store.py"]),
        tests(
            "TLS", of: ["Basics", "Loop", "Processes", "TLS", "LoopTestSupport", "TestSupport", "TLSTestSupport"]),
        support("TLSTestSupport", imports: ["Basics", "TLS", "COpenSSL"]),
        tests(
            "Redis",
            of: [
                "Basics", "Loop", "TLS", "Redis", "LoopTestSupport", "RedisTestSupport", "TLSTestSupport",
                "TestSupport",
            ]),
        support("RedisTestSupport", imports: ["Basics", "Loop", "Redis", "LoopTestSupport", "ServerTestSupport"]),
        support("ServerTestSupport", imports: ["Basics"]),
        tests(
            "Migrations",
            of: [
                "Basics", "Digests", "Loop", "Migrations", "Postgres", "LoopTestSupport", "PostgresTestSupport",
                "TestSupport",
            ], exclude: ["Fixtures"]),
        tests(
            "Store",
            of: [
                "Basics", "JSONText", "Telemetry", "Loop", "Digests", "Store", "Postgres", "Redis", "LoopTestSupport",
                "PostgresTestSupport", "RedisTestSupport", "StoreTestSupport", "TestSupport",
            ]),
        tests("Seed", of: ["Basics", "Digests", "Loop", "Postgres", "Seed", "StoreTestSupport"]),
        tests(
            "Schema",
            of: [
                "Basics", "Loop", "Migrations", "Postgres", "PostgresTestSupport", "ServerTestSupport",
                "StoreTestSupport", "TestSupport",
            ], exclude: ["Golden", "vector-server"]),
        tests(
            "Application",
            of: [
                "Basics", "Digests", "JSONText", "Loop", "Seed", "Store", "Postgres", "Bookings", "Messaging",
                "Assistant",
                "WhatsApp", "Commands", "PostgresTestSupport", "StoreTestSupport",
            ]),
        tests(
            "WhatsApp",
            of: [
                "Basics", "Digests", "JSONText", "Postgres", "Store", "Tenants", "WhatsApp", "StoreTestSupport",
                "TestSupport",
            ]),
        tests("Jobs", of: ["Basics", "Loop", "Postgres", "Store", "Jobs", "StoreTestSupport"]),
        tests(
            "Work",
            of: [
                "Basics", "Bookings", "Configuration", "HTTP", "Jobs", "Loop", "Messaging", "Notices", "Postgres",
                "Store", "StoreTestSupport", "Telemetry", "Work", "Zones",
            ]),
        tests("Messaging", of: ["Basics", "Loop", "Postgres", "Store", "Messaging", "StoreTestSupport"]),
        tests(
            "Tenants",
            of: [
                "Basics", "Loop", "Postgres", "Store", "Tenants", "TestSupport",
            ], exclude: ["Golden"]),
        tests(
            "Sending",
            of: [
                "Basics", "JSONText", "Jobs", "Loop", "HTTP", "Postgres", "Store", "Messaging", "WhatsApp",
                "HTTPTestSupport", "StoreTestSupport",
            ]),
        tests(
            "Bookings",
            of: [
                "Basics", "Bookings", "Postgres", "TestSupport", "Zones", "Loop", "LoopTestSupport",
                "PostgresTestSupport", "Store", "StoreTestSupport",
            ]),
        tests(
            "Assistant",
            of: [
                "Assistant", "Basics", "Bookings", "JSONText", "Loop", "Messaging", "Postgres", "Simulation", "Store",
                "StoreTestSupport", "TestSupport", "Zones",
            ], exclude: ["Golden"]),
        tests(
            "Simulation",
            of: [
                "Basics", "Digests", "HTTP", "JSONText", "Loop", "Simulation", "HTTPTestSupport",
            ]),
        support(
            "StoreTestSupport", imports: ["Basics", "Loop", "Migrations", "Postgres", "PostgresTestSupport", "Store"]),
        tests(
            "Cluster",
            of: [
                "Basics", "Configuration", "JSONText", "Loop", "Processes", "HTTP", "TLS", "Postgres", "Etcd",
                "Cluster", "EtcdTestSupport", "HTTPTestSupport", "TLSTestSupport", "TestSupport",
            ], exclude: ["Golden", "Patroni/Golden"]),
        tests(
            "Backups",
            of: [
                "Basics", "Configuration", "Digests", "HTTP", "JSONText", "Loop", "ObjectStorage", "Postgres",
                "Processes", "Backups", "FaultTestSupport", "PostgresTestSupport", "S3TestSupport",
                "ServerTestSupport", "TestSupport",
            ], exclude: ["Golden"]),
        tests(
            "Notifications",
            of: [
                "Basics", "Configuration", "JSONText", "Loop", "HTTP", "TLS", "Notifications", "HTTPTestSupport",
                "ServerTestSupport", "TLSTestSupport", "TestSupport",
            ], exclude: ["mail-server.py"]),
        tests("Hardening", of: ["Basics", "Loop", "Postgres", "Trust", "Hardening", "TestSupport"]),
        tests(
            "Agent",
            of: [
                "Basics", "JSONText", "Configuration", "Telemetry", "Loop", "State", "Processes", "HTTP", "Postgres",
                "Store", "Backups", "Cluster", "Agent", "HTTPTestSupport", "PostgresTestSupport", "StoreTestSupport",
                "TestSupport",
            ], exclude: ["Golden"]),
        tests(
            "API",
            of: [
                "Basics", "JSONText", "Configuration", "Digests", "Telemetry", "Loop", "HTTP", "Postgres", "Store",
                "WhatsApp", "API", "HTTPTestSupport", "PostgresTestSupport", "StoreTestSupport", "Tenants",
                "LoopTestSupport", "Messaging",
            ], exclude: ["schemathesis"]),
        tests("Installation", of: ["Basics", "Installation", "TestSupport"], exclude: ["Golden"]),
        tests(
            "Commands",
            of: [
                "Basics", "JSONText", "Configuration", "Telemetry", "Loop", "Processes", "Migrations", "Seed",
                "Cluster", "Agent", "Notifications", "Drills", "Installation", "Simulation", "Commands", "Jobs",
                "Postgres", "Store", "TestSupport",
            ], exclude: ["Golden"]),
        tests(
            "Fault",
            of: [
                "Basics", "Loop", "Postgres", "Processes", "Cluster", "Agent", "Drills", "FaultTestSupport",
                "PostgresTestSupport", "SystemTestSupport", "TestSupport", "parlor", "Digests", "HTTP",
                "HTTPTestSupport", "StoreTestSupport", "Telemetry", "Store", "Messaging", "Simulation",
            ]),
        support("FaultTestSupport", imports: ["Basics", "Loop", "Processes", "Drills"]),
        tests("Drills", of: ["Basics", "Telemetry", "Cluster", "Agent", "Drills", "TestSupport"]),
        tests("Repository", of: ["Basics", "JSONText", "parlor"]),
        tests(
            "Integration",
            of: [
                "Basics", "JSONText", "Loop", "Processes", "HTTP", "ObjectStorage", "Postgres", "FaultTestSupport",
                "S3TestSupport", "SystemTestSupport", "TestSupport", "parlor",
            ]),
        support(
            "SystemTestSupport",
            imports: [
                "Basics", "JSONText", "Loop", "Processes", "HTTP", "Postgres", "Cluster", "Agent", "TestSupport",
            ]),
    ]
)
