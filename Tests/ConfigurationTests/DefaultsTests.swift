import Basics
import Configuration
import Testing

@Suite struct DefaultsTests {
    @Test("Nothing set means the defaults, and nothing to say")
    func nothing() throws {
        let loaded = try load()
        #expect(loaded.configuration == Configuration())
        #expect(loaded.origins.isEmpty)
        #expect(loaded.warnings.isEmpty)
        #expect(loaded.file == nil)
        #expect(loaded.entries().allSatisfy { $0.origin == "default" && $0.isDefault })
    }

    @Test(
        "Every key has its documented default",
        arguments: [
            ("run_as", "parlor"), ("hosts", "(this machine alone)"), ("log.level", "info"), ("log.format", "auto"),
            ("log.rotate_at", "10MB"),
            ("log.keep", "5"), ("api.host", "127.0.0.1"), ("api.port", "3000"),
            ("api.loops", "(one for each core, at most 4)"),
            ("api.reads_per_minute", "6000"), ("api.writes_per_minute", "1200"), ("api.sign_ins_per_minute", "30"),
            ("api.session_idle", "168h"), ("api.session_lifetime", "720h"), ("sealing.keys", "(none)"),
            ("database.managed", "true"),
            ("database.host", "127.0.0.1"), ("database.port", "5432"), ("database.name", "whatsapp_saas"),
            ("database.user", "whatsapp_app"), ("database.password", "(generated)"), ("database.schema", "public"),
            ("database.ssl_mode", "prefer"), ("database.pool_size", "20"), ("database.connection_timeout", "10s"),
            ("database.logging", "false"), ("database.max_connections", "200"), ("database.settings", "(none)"),
            ("database.memory", "(the machine's memory)"), ("database.binaries", "(found)"),
            ("database.migrations", "(schema/migrations)"),
            ("database.ssl.enabled", "false"), ("database.ssl.certificate", "(none)"), ("database.ssl.key", "(none)"),
            ("database.ssl.authority", "(libpq's own)"),
            ("cluster.replicas", "2"), ("cluster.durability", "synchronous"), ("cluster.profile", "default"),
            ("cluster.management_port", "8008"), ("cluster.etcd_port", "2379"),
            ("cluster.agent_port", "7433"),
            ("cluster.patroni", "(found)"), ("pooler.port", "6432"), ("pooler.session_port", "6433"),
            ("pooler.clients", "1000"), ("redis.host", "localhost"), ("redis.port", "6379"),
            ("redis.queue_port", "6380"), ("redis.password", "(none)"), ("redis.db", "0"),
            ("redis.tls", "false"), ("backups.enabled", "true"), ("backups.local", "true"),
            ("backups.folder", "(in the state folder)"), ("backups.key", "(generated)"),
            ("backups.full_at", "02:00"), ("backups.incremental_every", "1h"), ("backups.keep_daily", "7"),
            ("backups.keep_weekly", "30"), ("backups.keep_monthly", "365"), ("backups.drill_days", "7"),
            ("backups.processes", "(one for each core)"), ("backups.s3.bucket", "(no S3)"),
            ("backups.s3.endpoint", "s3.amazonaws.com"), ("backups.s3.port", "443"),
            ("backups.s3.region", "us-east-1"), ("backups.s3.prefix", "parlor"),
            ("backups.s3.access_key", "(none)"), ("backups.s3.secret_key", "(none)"),
            ("backups.s3.addressing", "host"), ("backups.s3.authority", "(the system's)"),
            ("backups.portable.recipients", "(no dumps)"), ("backups.portable.at", "03:00"),
            ("notifications.level", "warning"), ("notifications.repeat_after", "4h"), ("notifications.slack", "(none)"),
            ("notifications.pagerduty", "(none)"),
            ("notifications.pagerduty_url", "https://events.pagerduty.com/v2/enqueue"),
            ("notifications.email.to", "(nobody)"), ("notifications.email.from", "(none)"),
            ("notifications.email.server", "(none)"),
            ("notifications.email.port", "(587 for starttls, 465 for tls, 25 for none)"),
            ("notifications.email.user", "(nobody)"), ("notifications.email.password", "(none)"),
            ("notifications.email.encryption", "starttls"), ("notifications.email.authority", "(the system's)"),
            ("database.pooled", "false"), ("whatsapp.app_secret", "(none)"),
            ("whatsapp.previous_app_secret", "(none)"), ("whatsapp.verify_token", "(none)"),
            ("whatsapp.graph_url", "https://graph.facebook.com/v23.0"), ("worker.with_service", "true"),
            ("worker.port", "(none)"),
        ])
    func documented(key: String, value: String) throws {
        #expect(try load().entries().first { $0.key == key }?.value == value)
    }

    @Test("The list of defaults above is complete")
    func complete() {
        #expect(ConfigurationKey.all.count == 93)
        #expect(Set(ConfigurationKey.all.map(\.name)).count == 93)
    }

    @Test("A missing parlor.yaml is fine where nobody named one")
    func missingStandardFile() throws {
        let folder = try TemporaryFolder()
        let loaded = try LoadedConfiguration.load(standardFile: "\(folder.path)/parlor.yaml", environment: [:])
        #expect(loaded.configuration == Configuration())
        #expect(loaded.file == nil)
    }

    @Test("A file without anything in it is fine", arguments: ["", "# later\n", "database:\n", "---\n"])
    func emptyFile(text: String) throws {
        #expect(try load(yaml: text).configuration == Configuration())
    }
}
