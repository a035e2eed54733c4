// swift-tools-version: 6.2
import PackageDescription

// A package of its own, because everything in it is compiled so that libFuzzer sees which branches an input takes.
// `./parlor test` builds it and gives every target a short run.

let rooms = ["Basics", "JSONText", "HTTP", "Postgres", "ObjectStorage"]

let package = Package(
    name: "Fuzzing",
    dependencies: [.package(name: "Parlor", path: "..")],
    targets: [
        .target(name: "CFuzzer"),
        .executableTarget(
            name: "fuzz", dependencies: ["CFuzzer"] + rooms.map { .product(name: $0, package: "Parlor") },
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
            ]),
    ]
)
