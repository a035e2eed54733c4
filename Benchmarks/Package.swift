// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who builds Parlor pays for it. `./parlor bench` builds and runs it.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func parlor(_ rooms: String...) -> [Target.Dependency] { rooms.map { .product(name: $0, package: "Parlor") } }

let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "Parlor", path: "..")],
    targets: [
        .target(name: "Webhooks", dependencies: parlor("Digests", "JSONText"), swiftSettings: settings),
        .executableTarget(
            name: "subject", dependencies: parlor("JSONText", "Loop", "HTTP") + ["Webhooks"], swiftSettings: settings),
        .executableTarget(
            name: "bench",
            dependencies: parlor(
                "Basics", "JSONText", "Telemetry", "Loop", "Processes", "HTTP", "Postgres", "Redis") + ["Webhooks"],
            swiftSettings: settings),
    ]
)
