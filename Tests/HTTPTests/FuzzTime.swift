import Glibc

/// How long the tests with random input run: a moment, or as long as `PARLOR_FUZZ_SECONDS` says.
enum FuzzTime {
    static var seconds: Int { getenv("PARLOR_FUZZ_SECONDS").flatMap { Int(String(cString: $0)) } ?? 0 }
}
