package import Basics
package import Postgres
package import Store

/// What WhatsApp tells of a message that went out.
package struct StatusReport: Hashable, Sendable {
    /// WhatsApp's identifier of the message.
    package var whatsappID: String
    /// The state that it is in.
    package var status: MessageStatus
    /// Since when.
    package var happened: Timestamp
    /// Which message of ours it is, where the report says so (`biz_opaque_callback_data`).
    package var message: PostgresUUID?
    /// Why it failed, as WhatsApp's number.
    package var errorCode: Int32?
    /// Why it failed, in words.
    package var error: String?
    /// What it costs when it is delivered; nil when it costs nothing or nobody knows.
    package var price: PostgresNumeric?

    /// A report.
    package init(
        _ whatsappID: String, _ status: MessageStatus, at happened: Timestamp, of message: PostgresUUID? = nil,
        errorCode: Int32? = nil, error: String? = nil, price: PostgresNumeric? = nil
    ) {
        self.whatsappID = whatsappID
        self.status = status
        self.happened = happened
        self.message = message
        self.errorCode = errorCode
        self.error = error
        self.price = price
    }
}

/// Takes in what WhatsApp tells.
package enum StatusReports {
    /// What came of reports.
    package struct Outcome: Sendable {
        /// Those that had not been told before.
        package let new: Set<StatusName>
        /// The messages that are known by now; one that is not gets its states when it is named.
        package let messages: [MergedMessage]
    }

    /// Keeps reports of one salon and makes its messages what follows from them, in a transaction of the salon. It may be
    /// done again with the same reports.
    @discardableResult
    package static func apply(_ reports: [StatusReport], in transaction: StoreTransaction) async throws -> Outcome {
        let ids = reports.map(\.whatsappID)
        let named = reports.compactMap { report in report.message.map { (report.whatsappID, $0) } }
        _ = try await transaction.run(StatusStatements.lock, ids)
        let new = try await transaction.run(
            StatusStatements.keep,
            (
                ids, reports.map(\.status.rawValue), reports.map(\.happened), reports.map(\.errorCode),
                reports.map(\.error), reports.map(\.price),
            ))
        if !named.isEmpty {
            _ = try await transaction.run(StatusStatements.name, (named.map(\.0), named.map(\.1)))
        }
        return Outcome(new: Set(new), messages: try await transaction.run(StatusStatements.merge, ids))
    }
}
