import Basics
import Configuration
import Testing

@Suite struct SecretTests {
    private static let password = "correct-horse-battery-staple"

    @Test(
        "A sample password is refused wherever it comes from",
        arguments: [
            "postgres", "password", "changeme", "ChangeMe", "secret", "SECURE_RANDOM_PASSWORD",
            "strong-random-password",
        ])
    func samples(password: String) throws {
        let message = "database.password is a sample password of the documentation"
        #expect(try faults(yaml: "database:\n  password: \(password)\n") == ["parlor.yaml:2:13: \(message)"])
        #expect(
            try faults(["DATABASE_URL": "postgres://app:\(password)@localhost/app"]) == ["DATABASE_URL: \(message)"])
        #expect(try faults(["PARLOR_DATABASE_PASSWORD": password]) == ["PARLOR_DATABASE_PASSWORD: \(message)"])
        #expect(try faults(set: [("database.password", password)]) == ["--set: \(message)"])
        #expect(
            try faults(["REDIS_PASSWORD": password])
                == ["REDIS_PASSWORD: redis.password is a sample password of the documentation"])
    }

    @Test("A password in a file that others can read is refused", arguments: [0o640, 0o604, 0o644, 0o660] as [UInt32])
    func exposed(mode: UInt32) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("redis:\n  password: \(Self.password)\n", mode: mode)
        let error = #expect(throws: ConfigurationFaults.self) {
            try LoadedConfiguration.load(file: file, environment: [:])
        }
        let octal = String(mode, radix: 8)
        #expect(
            error?.faults.map(\.message) == [
                "redis.password stands in a file that other users can read (mode \(octal))"
            ])
        #expect(error?.explained.hint?.contains("`chmod 600 \(file)`") == true)
    }

    @Test("A file without a password may be read by anybody")
    func harmless() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("database:\n  password:\n  port: 5433\n", mode: 0o644)
        #expect(try LoadedConfiguration.load(file: file, environment: [:]).configuration.database.port == 5433)
    }

    @Test("No text and no list shows a secret")
    func masked() throws {
        let loaded = try load(
            ["REDIS_PASSWORD": Self.password, "DATABASE_URL": "postgres://app:\(Self.password)@localhost/app"])
        #expect(loaded.configuration.database.password == Secret(Self.password))
        #expect(loaded.entries().first { $0.key == "redis.password" }?.value == Secret.mask)
        for text in [loaded.json().pretty, "\(loaded)", String(reflecting: loaded), "\(loaded.entries())"] {
            #expect(!text.contains(Self.password))
        }
    }

    @Test("A fault does not show a secret either")
    func maskedFault() throws {
        let error = #expect(throws: ConfigurationFaults.self) {
            try load(["PARLOR_DATABASE_PASSWORD": "\(Self.password)\n"])
        }
        #expect(
            error?.faults.map(\.description) == [
                "PARLOR_DATABASE_PASSWORD: database.password is not usable, "
                    + "expected a password without line breaks or other control characters"
            ])
        #expect(error?.faults.first?.value == Secret.mask)
        #expect(error?.json.compact.contains(Self.password) == false)
        #expect(error.map { ParlorError(describing: $0).debugDescription.contains(Self.password) } == false)
    }

    @Test("A password on the command line is taken with a warning")
    func commandLine() throws {
        let loaded = try load(set: [("database.password", Self.password)])
        #expect(
            loaded.warnings.map(\.description)
                == ["--set: database.password on a command line can be read by every user"])
    }
}
