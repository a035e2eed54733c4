import Basics
import Loop
import Postgres
import TLS
import Trust

extension HardeningCheck {
    /// What leaves a process.
    static let encryptionChecks = [tlsRequired, tlsVersion, identities, sessionsEncrypted, certificatesDue]

    private static let tlsRequired = HardeningCheck(
        "tls_required", .encryption, "nobody gets into PostgreSQL, a pooler or Redis without encryption",
        hint: "Run \"./parlor down\" and \"./parlor up\": Parlor writes the rules anew. Something else changed them."
    ) { system, loop in
        var found: [Observation] = []
        for place in system.nodes.map(\.database) + system.poolers {
            let right = system.options(system.serviceRole, at: place, system.database)
            var plain = right
            plain.sslMode = .disable
            found.append(
                Observation(
                    "a plain connection to \(place)", intruder: await .signIn(plain, on: loop),
                    control: await .signIn(right, on: loop)))
        }
        for place in system.caches {
            let trial = CacheTrial(place, system, loop)
            found.append(
                Observation(
                    "a plain connection to \(place)", intruder: await trial.speakPlainly(),
                    control: await trial.ping(password: system.redis.password)))
        }
        return found
    }

    private static let tlsVersion = HardeningCheck(
        "tls_version", .encryption, "nothing speaks TLS 1.0 or 1.1",
        hint: "Take ssl_min_protocol_version out of database.settings; the other parts cannot be told to."
    ) { system, loop in
        var found: [Observation] = []
        for (place, opening) in system.encrypted {
            let handshake = Handshake(place, opening, on: loop)
            let control = await handshake.offer(.tls12)
            for version in [ClientHello.Version.tls10, .tls11] {
                found.append(
                    Observation(
                        "\(version == .tls10 ? "TLS 1.0" : "TLS 1.1") with \(place)",
                        intruder: await handshake.offer(version), control: control))
            }
        }
        return found
    }

    private static let identities = HardeningCheck(
        "identities", .encryption, "every part shows a certificate of the cluster's own authority, for its address",
        hint:
            "Run \"./parlor down\" and \"./parlor up\", so that every part reads its certificate; see docs/certificates.md."
    ) { system, loop in
        var found: [Observation] = []
        for (place, opening) in system.encrypted {
            do {
                let shown = try await Handshake(place, opening, on: loop)
                    .certificate(believing: system.authority, system.identity)
                found.append(shown == nil ? .violation("\(place) shows none") : .sound("\(place) shows its own"))
            } catch let error as ParlorError where error.tlsFault != nil {
                found.append(.violation("\(place): \(error.summary)"))
            }
        }
        return found
    }

    private static let sessionsEncrypted = HardeningCheck(
        "sessions_encrypted", .encryption,
        "every session over the network is encrypted, and replicas verify the primary",
        hint: "End the session that is not, and find out how it got in: \"tls_required\" says whether others can."
    ) { system, loop in
        var found: [Observation] = []
        for node in system.nodes {
            let session = try await PostgresSession.connect(system.superuser(of: node), on: loop)
            defer { session.close() }
            let row = try await session.query(
                """
                SELECT (SELECT count(*) FROM pg_stat_activity AS a JOIN pg_stat_ssl AS s USING (pid)
                        WHERE a.client_addr IS NOT NULL AND NOT s.ssl)::int8,
                    coalesce((SELECT conninfo LIKE '%sslmode=verify-full%' FROM pg_stat_wal_receiver), true)
                """, within: HardenedSystem.limit
            ).only
            let (plain, verifies) = try row.values(as: Int.self, Bool.self)
            found.append(plain == 0 ? .sound(node.name) : .violation("\(node.name) has \(plain) without encryption"))
            found.append(verifies ? .sound(node.name) : .violation("\(node.name) does not verify whom it follows"))
        }
        return found
    }

    private static let certificatesDue = HardeningCheck(
        "certificates_due", .encryption, "no certificate is in the last third of its life",
        hint: "Run \"./parlor down\" and \"./parlor up\", which renews what is due; the authority is for you to change."
    ) { system, _ in
        try CertificateStore(folder: system.certificates).expiries().map { expiry in
            expiry.isDue
                ? .violation("that of \(expiry.name) ends in \(expiry.daysLeft) days") : .sound(expiry.name)
        }
    }
}
