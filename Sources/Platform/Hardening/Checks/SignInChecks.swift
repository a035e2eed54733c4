import Basics
import HTTP
import Loop
import Postgres
import Redis

extension HardeningCheck {
    /// Who gets in.
    static let signInChecks = [
        wrongPassword, superuserElsewhere, poolerConsole, accessRules, verifiers, consensusCertificate,
        managementChanges,
        cachePassword, cacheCommands,
    ]

    private static let wrong = Secret("not the password")
    private static let rulesHint =
        "Run \"./parlor down\" and \"./parlor up\": Parlor writes the rules anew. Something else changed them."

    private static let wrongPassword = HardeningCheck(
        "wrong_password", .signIn, "a wrong password opens no database", hint: rulesHint
    ) { system, loop in
        var found: [Observation] = []
        for place in system.nodes.map(\.database) + system.poolers {
            let right = system.options(system.serviceRole, at: place, system.database)
            var intruder = right
            intruder.password = wrong
            found.append(
                Observation(
                    "a wrong password at \(place)", intruder: await .signIn(intruder, on: loop),
                    control: await .signIn(right, on: loop)))
        }
        return found
    }

    private static let superuserElsewhere = HardeningCheck(
        "superuser_elsewhere", .signIn,
        "the superuser does not get through a pooler, nor to a node without encryption or with a wrong password",
        hint: rulesHint
    ) { system, loop in
        var found: [Observation] = []
        for place in system.poolers {
            found.append(
                Observation(
                    "the superuser at \(place)",
                    intruder: await .signIn(system.options(system.superuser, at: place, system.database), on: loop),
                    control: await .signIn(system.options(system.serviceRole, at: place, system.database), on: loop)))
        }
        for node in system.nodes {
            let control = await Attempt.signIn(system.superuser(of: node), on: loop)
            var plain = system.options(system.superuser, at: node.database, "postgres")
            plain.sslMode = .disable
            var guessed = system.options(system.superuser, at: node.database, "postgres")
            guessed.password = wrong
            var local = system.superuser(of: node)
            local.password = wrong
            let byNetwork = [("unencrypted", plain), ("with a wrong password", guessed)]
            for (what, options) in byNetwork + (node.socketFolder == nil ? [] : [("by the socket", local)]) {
                found.append(
                    Observation(
                        "the superuser \(what) at \(node.name)", intruder: await .signIn(options, on: loop),
                        control: control))
            }
        }
        return found
    }

    private static let poolerConsole = HardeningCheck(
        "pooler_console", .signIn, "nobody reaches a pooler's console, or signs in as its own role, over the network",
        hint: rulesHint
    ) { system, loop in
        var found: [Observation] = []
        for place in system.poolers {
            let control = await Attempt.signIn(system.options(system.serviceRole, at: place, system.database), on: loop)
            for (account, database) in [
                (.init(system.administrator, wrong), "pgbouncer"), (system.poolerRole, "pgbouncer"),
                (system.poolerRole, system.database),
            ] {
                let intruder = await Attempt.signIn(system.options(account, at: place, database), on: loop)
                found.append(
                    Observation("\(account.name) in \(database) at \(place)", intruder: intruder, control: control))
            }
        }
        return found
    }

    private static let accessRules = HardeningCheck(
        "access_rules", .signIn, "every node's rules ask for encryption and SCRAM, without exception", hint: rulesHint
    ) { system, loop in
        var found: [Observation] = []
        for node in system.nodes {
            let session = try await PostgresSession.connect(system.superuser(of: node), on: loop)
            defer { session.close() }
            let rows = try await session.query(
                "SELECT line_number::int8, type, auth_method, error FROM pg_hba_file_rules ORDER BY 1",
                within: HardenedSystem.limit)
            for row in rows {
                let values = try row.values(as: Int.self, String?.self, String?.self, String?.self)
                let rule = AccessRule(line: values.0, kind: values.1, method: values.2, error: values.3)
                found.append(rule.observation(on: node.name))
            }
        }
        return found
    }

    private static let verifiers = HardeningCheck(
        "scram_verifiers", .signIn, "the server keeps a SCRAM verifier of every password, and nothing weaker",
        hint: "Give the role its password again with \"\\password\" of psql."
    ) { system, loop in
        guard let node = system.leadingNode else { return [.untried("nobody leads the cluster")] }
        let session = try await PostgresSession.connect(system.superuser(of: node), on: loop)
        defer { session.close() }
        let rows = try await session.query(
            """
            SELECT rolname::text, coalesce(rolpassword LIKE 'SCRAM-SHA-256$%', false), rolpassword IS NOT NULL
            FROM pg_authid WHERE rolcanlogin OR rolpassword IS NOT NULL ORDER BY 1
            """, within: HardenedSystem.limit)
        return try rows.map { row in
            let (name, isSCRAM, hasPassword) = try row.values(as: String.self, Bool.self, Bool.self)
            // Without a password there is no way in at all.
            return isSCRAM || !hasPassword ? .sound(name) : .violation("that of \(name) is of another kind")
        }
    }

    private static let consensusCertificate = HardeningCheck(
        "consensus_certificate", .signIn, "etcd talks to nobody without a certificate of the cluster's authority",
        hint: "Run \"./parlor down\" and \"./parlor up\": Parlor writes etcd's settings anew."
    ) { system, loop in
        var found: [Observation] = []
        for place in system.consensus {
            let right = WebTrial(place, system, loop).with(password: nil)
            found.append(
                Observation(
                    "a client without a certificate at \(place)",
                    intruder: await right.withoutCertificate.ask(.get, "/version"),
                    control: await right.ask(.get, "/version")))
        }
        return found
    }

    private static let managementChanges = HardeningCheck(
        "management_changes", .signIn, "Patroni changes nothing for anybody without a certificate and the password",
        hint: "Run \"./parlor down\" and \"./parlor up\": Parlor writes Patroni's settings anew."
    ) { system, loop in
        var found: [Observation] = []
        for node in system.nodes {
            let right = WebTrial(node.management, system, loop)
            // An empty change is malformed, whoever asks for it.
            let ask = { (trial: WebTrial) in await trial.ask(.patch, "/config", "{}") }
            let control = await ask(right)
            for (what, trial) in [
                ("without a certificate", right.withoutCertificate), ("without a password", right.with(password: nil)),
                ("with a wrong password", right.with(password: wrong)),
            ] {
                found.append(
                    Observation("a change \(what) at \(node.name)", intruder: await ask(trial), control: control))
            }
        }
        return found
    }

    private static let cachePassword = HardeningCheck(
        "cache_password", .signIn, "Redis talks to nobody without the password",
        hint: "Run \"./parlor down\" and \"./parlor up\": Parlor writes the settings of Redis anew."
    ) { system, loop in
        var found: [Observation] = []
        for place in system.caches {
            let trial = CacheTrial(place, system, loop)
            let control = await trial.ping(password: system.redis.password)
            for (what, password) in [("no password", nil), ("a wrong password", wrong)] {
                found.append(
                    Observation(
                        "\(what) at \(place)", intruder: await trial.ping(password: password), control: control))
            }
        }
        return found
    }

    private static let cacheCommands = HardeningCheck(
        "cache_commands", .signIn, "Redis knows no command that changes its settings or loads programs",
        hint: "Run \"./parlor down\" and \"./parlor up\": Parlor writes the settings of Redis anew."
    ) { system, loop in
        var found: [Observation] = []
        for place in system.caches {
            let trial = CacheTrial(place, system, loop)
            let control = await trial.ping(password: system.redis.password)
            for command in [
                RedisCommand("CONFIG", "GET", "port"), RedisCommand("DEBUG", "HELP"), RedisCommand("MODULE", "LIST"),
            ] {
                found.append(
                    Observation(
                        "\(command.name) at \(place)",
                        intruder: await trial.ping(password: system.redis.password, command), control: control))
            }
        }
        return found
    }
}
