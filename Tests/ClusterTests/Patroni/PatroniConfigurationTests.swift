import Basics
import Configuration
import JSONText
import TestSupport
import Testing

@testable import Cluster

@Suite struct PatroniConfigurationTests {
    @Test("The file of a node")
    func file() { expectGolden(PatroniConfiguration.example().file, "patroni-node") }

    @Test("Addresses of IPv6 stand in brackets where a port follows")
    func ipv6() {
        let configuration = PatroniConfiguration.example(host: "2001:db8::1", networks: ["2001:db8::/64", "::1/128"])
        expectGolden(configuration.file, "patroni-ipv6")
    }

    @Test(
        "What the nodes agree on, for every durability and profile",
        arguments: Durability.allCases, FailoverProfile.allCases)
    func settings(durability: Durability, profile: FailoverProfile) {
        let settings = PatroniSettings.example(profile: profile, durability: durability)
        expectGolden(settings.json.pretty + "\n", "settings-\(durability)-\(profile)")
    }

    @Test("Settings are the same when Patroni would be told the same")
    func equality() {
        #expect(PatroniSettings.example() == .example())
        #expect(PatroniSettings.example() != .example(profile: .lan))
        #expect(PatroniSettings.example() != .example(durability: .strict))
        var other = PatroniSettings.example()
        other.parameters[0].value = "201"
        #expect(PatroniSettings.example() != other)
    }

    @Test(
        "A node has the time to try twice before its lease ends, and is fenced before another may take it",
        arguments: FailoverProfile.allCases)
    func times(profile: FailoverProfile) {
        #expect(profile.interval + 2 * profile.retry <= profile.lease)
        #expect(profile.silenceLimit > .seconds(profile.interval))
        #expect(profile.silenceLimit < .seconds(profile.lease - profile.interval))
    }

    @Test("Each password stands in its one place and nowhere else")
    func passwords() throws {
        let configuration = PatroniConfiguration.example()
        let file = try JSON(reading: Array(configuration.file.utf8))
        let places = [
            "postgresql.authentication.superuser.password": configuration.accounts.superuser,
            "postgresql.authentication.replication.password": configuration.accounts.replicator,
            "postgresql.authentication.rewind.password": configuration.accounts.rewinder,
            "restapi.authentication.password": configuration.accounts.management,
        ]
        #expect(Set(places.values).count == 4)
        for (place, password) in places { #expect(Self.places(of: password.reveal(), in: file) == [place]) }
    }

    @Test("Nothing that is printed shows a password")
    func printed() throws {
        let configuration = PatroniConfiguration.example()
        var texts = ["\(configuration)", String(reflecting: configuration)]
        dump(configuration, to: &texts[0])
        texts.append(configuration.settings.json.pretty)
        for password in configuration.accounts.all {
            for text in texts { #expect(!text.contains(password.reveal())) }
        }
    }

    @Test("Nobody gets to PostgreSQL over the network without encryption or without a password")
    func access() throws {
        let file = try JSON(reading: Array(PatroniConfiguration.example().file.utf8))
        let lines = try #require(file["postgresql"]?["pg_hba"]?.elements).compactMap(\.text)
        #expect(lines.count == 6)
        for line in lines {
            #expect(line.hasPrefix("local ") || line.hasPrefix("hostssl "))
            #expect(line.hasSuffix(" scram-sha-256"))
        }
    }

    @Test(
        "Every setting that keeps commits and finds out about the dead in time is there",
        arguments: [
            ("loop_wait", JSON.integer(1)), ("primary_start_timeout", .integer(0)),
            ("primary_stop_timeout", .integer(5)),
            ("synchronous_mode", .bool(true)), ("check_timeline", .bool(true)),
            ("maximum_lag_on_failover", .integer(1_048_576)), ("failsafe_mode", .bool(true)),
            ("postgresql.use_pg_rewind", .bool(true)), ("postgresql.use_slots", .bool(true)),
            ("postgresql.remove_data_directory_on_rewind_failure", .bool(false)),
            ("postgresql.remove_data_directory_on_diverged_timelines", .bool(false)),
        ])
    func recipe(place: String, value: JSON) throws {
        let file = try JSON(reading: Array(PatroniConfiguration.example().file.utf8))
        let agreed = try #require(file["bootstrap"]?["dcs"])
        #expect(place.split(separator: ".").reduce(agreed) { $0[String($1)] ?? .null } == value)
    }

    @Test(
        "Every setting of PostgreSQL that a failover needs is with Patroni or with the node",
        arguments: [
            ("wal_log_hints", "on"), ("wal_sender_timeout", "5s"), ("wal_receiver_timeout", "5s"),
            ("wal_retrieve_retry_interval", "500ms"), ("tcp_keepalives_idle", "3"), ("tcp_keepalives_interval", "1"),
            ("tcp_keepalives_count", "3"), ("wal_level", "replica"), ("ssl", "on"),
            ("ssl_min_protocol_version", "TLSv1.2"),
        ])
    func parameters(name: String, value: String) throws {
        let machine = Machine(memory: .gigabytes(8), cores: 4, disk: Disk(fileSystem: "ext4", kind: .solidState))
        let derived = ServerSettings(.init(machine, .member(replicas: 2), connections: 200))
        var configuration = PatroniConfiguration.example()
        configuration.settings.parameters = derived.parameters(keptBy: .cluster)
        configuration.parameters = derived.parameters(keptBy: .server)
        let file = try JSON(reading: Array(configuration.file.utf8))
        let own = file["postgresql"]?["parameters"]?[name]?.text
        let agreed = file["bootstrap"]?["dcs"]?["postgresql"]?["parameters"]?[name]?.text
        #expect([own, agreed].compactMap(\.self) == [value])
    }

    @Test("Where the node is and how it encrypts stands once, whatever else was decided")
    func decidedOtherwise() throws {
        var configuration = PatroniConfiguration.example()
        configuration.parameters += [("ssl", "off"), ("unix_socket_permissions", "0777"), ("work_mem", "8MB")]
        // Reading refuses a name that stands twice.
        let file = try JSON(reading: Array(configuration.file.utf8))
        let parameters = try #require(file["postgresql"]?["parameters"])
        #expect(parameters["ssl"] == "on")
        #expect(parameters["unix_socket_permissions"] == "0700")
        #expect(parameters["work_mem"] == "8MB")
    }

    @Test("The API believes those with a certificate of the authority, and everything is encrypted")
    func encryption() throws {
        let file = try JSON(reading: Array(PatroniConfiguration.example().file.utf8))
        #expect(file["restapi"]?["verify_client"] == "optional")
        #expect(file["restapi"]?["cafile"] == "/srv/trust/authorities.pem")
        #expect(file["ctl"]?["insecure"] == false)
        #expect(file["etcd3"]?["protocol"] == "https")
        #expect(file["etcd3"]?["cacert"] == "/srv/trust/authorities.pem")
        for account in ["superuser", "replication", "rewind"] {
            #expect(file["postgresql"]?["authentication"]?[account]?["sslmode"] == "verify-full")
        }
    }

    /// The places of the texts that contain `part`, names joined by points.
    private static func places(of part: String, in json: JSON, at place: String = "") -> [String] {
        switch json {
        case .object(let members):
            members.flatMap { places(of: part, in: $0.value, at: place.isEmpty ? $0.name : "\(place).\($0.name)") }
        case .array(let elements): elements.flatMap { places(of: part, in: $0, at: "\(place)[]") }
        case .string(let text): text.contains(part) ? [place] : []
        default: []
        }
    }
}
