import Basics

/// The files that configure a private server, as text.
package struct ServerConfiguration: Equatable, Sendable {
    /// The folder of the data.
    package var dataFolder: String
    /// The folder of the socket.
    package var socketFolder: String
    /// The folder that these files stand in.
    package var folder: String
    /// The address that it listens on.
    package var host: String
    /// The port.
    package var port: Int
    /// Whether it has a certificate, and lets nobody in over TCP without encryption.
    package var isEncrypted: Bool
    /// Whether every statement is logged.
    package var logsEveryStatement: Bool
    /// What follows from the machine.
    package var tuning: ServerTuning

    /// All of it.
    package init(
        dataFolder: String, socketFolder: String, folder: String, host: String, port: Int, isEncrypted: Bool,
        logsEveryStatement: Bool, tuning: ServerTuning
    ) {
        self.dataFolder = dataFolder
        self.socketFolder = socketFolder
        self.folder = folder
        self.host = host
        self.port = port
        self.isEncrypted = isEncrypted
        self.logsEveryStatement = logsEveryStatement
        self.tuning = tuning
    }

    /// Single quotes as PostgreSQL's files have them, where a backslash begins an escape.
    private func quoted(_ text: String) -> String {
        "'\(text.replacing("\\", with: "\\\\").replacing("'", with: "''"))'"
    }

    /// postgresql.conf.
    package var settingsFile: String {
        """
        # Written by Parlor at every start. Change parlor.yaml instead, or put settings of your own into custom.conf beside
        # this file: what stands there wins.

        # Where things are
        data_directory = \(quoted(dataFolder))
        hba_file = \(quoted("\(folder)/pg_hba.conf"))
        unix_socket_directories = \(quoted(socketFolder))
        unix_socket_permissions = 0700
        cluster_name = 'parlor'

        # Who may connect
        listen_addresses = \(quoted(host))
        port = \(port)
        password_encryption = scram-sha-256
        \(encryption)

        # What follows from the machine: \(tuning.memory) of memory, \(tuning.cores) cores
        \(tuning.settings.map { "\($0.name) = \($0.value)" }.joined(separator: "\n"))

        # What is logged. Statements are logged without their parameters, which may be personal data.
        log_destination = 'stderr'
        logging_collector = off
        log_line_prefix = '%m [%p] %q%u@%d %a '
        log_timezone = 'UTC'
        log_statement = \(logsEveryStatement ? "all" : "ddl")
        log_min_duration_statement = 1000
        log_parameter_max_length = 0
        log_connections = on
        log_disconnections = on
        log_lock_waits = on
        log_checkpoints = on
        log_autovacuum_min_duration = 10s

        # After a crash the file system is told once to write everything, not once for each file: on a busy disk that is
        # the difference between half a second and many.
        recovery_init_sync_method = syncfs

        # What everybody expects
        timezone = 'UTC'
        datestyle = 'iso, ymd'
        default_text_search_config = 'pg_catalog.simple'

        include_if_exists = 'custom.conf'

        """
    }

    private var encryption: String {
        guard isEncrypted else { return "ssl = off" }
        return """
            ssl = on
            ssl_min_protocol_version = 'TLSv1.2'
            ssl_cert_file = \(quoted("\(folder)/server.crt"))
            ssl_key_file = \(quoted("\(folder)/server.key"))
            """
    }

    /// pg_hba.conf: passwords only, and from this machine only.
    package var accessFile: String {
        """
        # Written by Parlor at every start.
        # TYPE    DATABASE  USER  ADDRESS   METHOD
        local     all       all             scram-sha-256
        \(isEncrypted ? "hostssl" : "host   ")   all       all   samehost  scram-sha-256

        """
    }
}
