/// What a setting of PostgreSQL must be.
struct SettingRule: Equatable, Sendable {
    /// The setting's name.
    let name: String
    /// The values that do.
    let allowed: Set<String>

    private init(_ name: String, _ allowed: String...) {
        self.name = name
        self.allowed = Set(allowed)
    }

    /// All rules.
    static let all = [
        SettingRule("ssl", "on"),
        SettingRule("ssl_min_protocol_version", "TLSv1.2", "TLSv1.3"),
        SettingRule("password_encryption", "scram-sha-256"),
        SettingRule("row_security", "on"),
        SettingRule("unix_socket_permissions", "0700"),
        SettingRule("log_connections", "on"),
        SettingRule("log_disconnections", "on"),
        SettingRule("log_statement", "ddl", "mod", "all"),
        SettingRule("fsync", "on"),
        SettingRule("full_page_writes", "on"),
        SettingRule("data_checksums", "on"),
        SettingRule("ssl_prefer_server_ciphers", "on"),
        SettingRule("allow_system_table_mods", "off"),
        SettingRule("debug_print_plan", "off"),
        SettingRule("log_parameter_max_length", "0"),
        SettingRule("log_parameter_max_length_on_error", "0"),
    ]

    /// A setting that a server does not know is not as asked.
    func observation(_ value: String?, on node: String) -> Observation {
        guard let value else { return .violation("\(node) has no \(name)") }
        return allowed.contains(value) ? .sound(name) : .violation("\(node) has \(name) = \(value)")
    }
}

/// Where pgaudit stands.
struct AuditExtension: Equatable, Sendable {
    /// Whether the machine has it.
    var isInstalled: Bool
    /// Whether the server has loaded it.
    var isLoaded: Bool
    /// What it writes down, in its own words.
    var classes: String

    var observation: Observation {
        if !isInstalled { return .inapplicable("pgaudit is not installed: postgresql-15-pgaudit of Debian has it") }
        if !isLoaded { return .violation("pgaudit is installed and not loaded") }
        return classes == "none" ? .violation("pgaudit is loaded and writes nothing down") : .sound("pgaudit")
    }
}
