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
    /// What takes a file of the log to the backups; nil where there are none.
    package var archiveCommand: String?
    /// Everything else, each with its reason.
    package var settings: ServerSettings

    /// All of it.
    package init(
        dataFolder: String, socketFolder: String, folder: String, host: String, port: Int, isEncrypted: Bool,
        settings: ServerSettings
    ) {
        self.dataFolder = dataFolder
        self.socketFolder = socketFolder
        self.folder = folder
        self.host = host
        self.port = port
        self.isEncrypted = isEncrypted
        self.settings = settings
    }

    /// postgresql.conf.
    package var settingsFile: String {
        """
        # Written by Parlor at every start. Change database.settings in parlor.yaml instead, or put settings of your own
        # into custom.conf beside this file: what stands there wins.

        # Where things are
        data_directory = \(quoted(dataFolder))
        hba_file = \(quoted("\(folder)/pg_hba.conf"))
        unix_socket_directories = \(quoted(socketFolder))
        unix_socket_permissions = 0700
        cluster_name = 'parlor'\(archiveCommand.map { "\narchive_command = \(quoted($0))" } ?? "")

        # Who may connect
        listen_addresses = \(quoted(host))
        port = \(port)
        \(encryption)

        \(settings.lines.joined(separator: "\n"))
        include_if_exists = 'custom.conf'

        """
    }

    private var encryption: String {
        guard isEncrypted else { return "ssl = off" }
        return """
            ssl = on
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
