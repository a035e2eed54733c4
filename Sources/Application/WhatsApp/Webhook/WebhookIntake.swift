import Basics
import Glibc
import JSONText
import Postgres
package import Tenants

/// Takes deliveries: reads them, finds out whose they are, keeps them, and has them applied.
///
/// A delivery is acknowledged when every change in it is in the log, durably, and not before; it is applied afterwards.
/// What is in the log and was acknowledged is applied, whatever happens to this process. What is not was not
/// acknowledged, and is delivered again.
package struct WebhookIntake: Sendable {
    /// What becomes of a delivery that was signed.
    package enum Receipt: Hashable, Sendable {
        /// It is kept, and what it says is done.
        case kept
        /// It is kept, and nothing is done: it cannot be read as JSON, or holds what no text can.
        case malformed(String)
        /// It is kept, and nothing is done: it does not say what a delivery of WhatsApp says.
        case unacceptable(String)
        /// It is kept, and nothing is done: no salon has the number.
        case unknown
    }

    private let directory: SalonDirectory
    private let log: EventLog
    private let worker: EventWorker
    private let reader = JSONReader()

    /// An intake that keeps events in `log` and hands them to `worker`.
    package init(_ directory: SalonDirectory, _ log: EventLog, _ worker: EventWorker) {
        self.directory = directory
        self.log = log
        self.worker = worker
    }

    /// Takes a delivery whose signature was right. It throws when the delivery could not be kept.
    package func take(_ bytes: [UInt8]) async throws -> Receipt {
        let body: WebhookBody
        do {
            body = try read(bytes)
        } catch {
            return try await refuse(bytes, error)
        }
        if body.changes.count == 1, let change = body.changes.first { return try await keep(change, .json(bytes)) }
        // Several changes may be of several salons, and none of them is to read the others' in its log.
        return try await withThrowingTaskGroup(of: Receipt.self) { group in
            for change in body.changes { group.addTask { try await keep(change, .json(change.envelope)) } }
            var receipts: [Receipt] = []
            for try await receipt in group { receipts.append(receipt) }
            // What can be done is done; only when nothing can is the delivery refused.
            return receipts.contains(.kept) ? .kept : receipts.first ?? .kept
        }
    }

    private func read(_ bytes: [UInt8]) throws(JSONFault) -> WebhookBody {
        try reader.read(from: bytes) { json throws(JSONFault) in
            // No column can hold it, and nobody types it.
            guard !bytes.hasEscapedNUL else { throw json.fault("a text has a character of the number 0 in it") }
            return try WebhookBody(reading: &json)
        }
    }

    private func refuse(_ bytes: [UInt8], _ fault: JSONFault) async throws -> Receipt {
        let line = EventLine("unreadable", of: nil, .bytes(bytes), .failed, error: fault.description)
        try await log.keep(line)
        return fault.concernsText ? .malformed(fault.description) : .unacceptable(fault.description)
    }

    /// Keeps a change for each salon that it concerns.
    private func keep(_ change: WebhookChange, _ payload: EventLine.Payload) async throws -> Receipt {
        let salons = try await salons(of: change)
        var receipt = Receipt.kept
        for salon in salons {
            let isApplied = change.isApplied && salon.isActive
            let line = EventLine(change.field, of: salon.id, payload, isApplied ? .received : .ignored)
            receipt = try await keep(line)
            guard receipt == .kept, isApplied else { continue }
            worker.take(SalonEvent(log: line.id, received: line.created, content: change.content), of: salon)
        }
        guard salons.isEmpty else { return receipt }
        return try await keep(
            EventLine(change.field, of: nil, payload, .ignored, error: "no salon has this number or account"), .unknown)
    }

    /// Keeps a line. What JSON admits and the database does not, such as a number with a million digits, is kept as bytes.
    private func keep(_ line: EventLine, _ receipt: Receipt = .kept) async throws -> Receipt {
        do {
            try await log.keep(line)
            return receipt
        } catch let error as PostgresError where error.kind == .statement {
            guard case .json(let bytes) = line.payload, ["22", "54"].contains(error.sqlState?.errorClass) else {
                throw error
            }
            let reason = error.description
            try await log.keep(EventLine(line.event, of: line.salon, .bytes(bytes), .failed, error: reason))
            return .unacceptable("it holds something that cannot be stored")
        }
    }

    private func salons(of change: WebhookChange) async throws -> [Salon] {
        switch change.content {
        case .messages(let news): try await directory.salon(ofNumber: news.number).map { [$0] } ?? []
        case .template, .other: try await directory.salons(ofAccount: change.account)
        }
    }
}

extension WebhookChange {
    /// Whether anything is done about it.
    fileprivate var isApplied: Bool {
        if case .other = content { false } else { true }
    }

    /// A delivery with this change alone.
    fileprivate var envelope: [UInt8] {
        var json = JSONAppender()
        json.object { json in
            json.member("object", "whatsapp_business_account")
            json.member("entry") { json in
                json.list { json in
                    json.object { json in
                        json.member("id", account)
                        json.member("changes") { json in json.list { json in json.append(checkedJSON: source) } }
                    }
                }
            }
        }
        return json.bytes
    }
}

extension Slice<UnsafeRawBufferPointer> {
    fileprivate var firstBackslash: Int? {
        let bytes = UnsafeRawBufferPointer(rebasing: self)
        guard let base = bytes.baseAddress else { return nil }
        return memchr(base, Int32(UInt8(ascii: "\\")), bytes.count).map { startIndex + (UnsafeRawPointer($0) - base) }
    }
}

extension [UInt8] {
    /// Whether an escape for the character of the number 0 stands in it: `u0000` behind an odd number of backslashes.
    var hasEscapedNUL: Bool {
        withUnsafeBytes { bytes in
            var rest = bytes[...]
            while let start = rest.firstBackslash {
                let end = rest[start...].firstIndex { $0 != UInt8(ascii: "\\") } ?? rest.endIndex
                if (end - start) % 2 == 1, rest[end...].starts(with: "u0000".utf8) { return true }
                rest = rest[end...]
            }
            return false
        }
    }
}
