import CPostgres

extension PostgresSession {
    /// Delivers what libpq has heard.
    func takeNotifications(_ link: SessionLink) {
        guard let onNotification else { return }
        while let heard = PQnotifies(link.handle) {
            defer { PQfreemem(heard) }
            onNotification(
                PostgresNotification(
                    channel: String(cString: heard.pointee.relname), payload: String(cString: heard.pointee.extra),
                    backendProcess: heard.pointee.be_pid))
        }
    }
}
