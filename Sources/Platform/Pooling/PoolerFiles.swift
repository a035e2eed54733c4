package import Basics

extension PoolerConfiguration {
    /// Writes the files, which this user alone can read, and makes the folder of the console's socket.
    package func write(password: Secret) throws(ParlorError) {
        try check()
        try Files.makeFolder(folder)
        try Files.makeFolder(socketFolder)
        try writeUsers(password: password)
        try Files.writeAtomically(accessFile, to: "\(folder)/access.conf")
        try writeSettings()
    }

    /// Writes the passwords alone.
    package func writeUsers(password: Secret) throws(ParlorError) {
        try Files.writeAtomically(usersFile(password: password), to: "\(folder)/users.txt")
    }

    /// Writes the settings alone: what a change of the leader needs.
    package func writeSettings() throws(ParlorError) {
        try Files.writeAtomically(settingsFile, to: settingsPath)
    }

    /// A line break in a value would begin a setting of its own, and a comma or a quote another user.
    private func check() throws(ParlorError) {
        let hosts = ([topology.leader] + topology.replicas).map(\.host)
        let paths = [folder, encryption.certificate, encryption.key, encryption.authority]
        let isPlain = (hosts + paths + [host, administrator]).allSatisfy { text in
            !text.isEmpty && text.utf8.allSatisfy { $0 >= 32 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: ";") }
        }
        guard isPlain, !(hosts + [administrator]).contains(where: { $0.utf8.contains(UInt8(ascii: ",")) }) else {
            throw ParlorError(
                .configuration, "an address, a path or a user name cannot stand in the pooler's configuration",
                why: "it is empty, or holds a quote, a semicolon, a comma or a line break",
                hint: "Choose another folder, user or host name.")
        }
    }
}
