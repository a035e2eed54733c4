import Basics
import Postgres

/// A state of an answer, and when it was told.
struct MessageState {
    enum Label: Sendable { case sent, delivered, read, failed }

    let label: Label
    let at: Timestamp
}

extension Exchange {
    /// The two states that are told of the answer, in their order.
    var states: [MessageState] {
        let delivered = answeredAt + .seconds(deliveredAfter)
        switch outcome {
        case .read:
            return [
                MessageState(label: .delivered, at: delivered),
                MessageState(label: .read, at: delivered + .seconds(readAfter)),
            ]
        case .delivered:
            return [
                MessageState(label: .sent, at: answeredAt), MessageState(label: .delivered, at: delivered),
            ]
        case .failed:
            return [MessageState(label: .sent, at: answeredAt), MessageState(label: .failed, at: delivered)]
        }
    }
}

/// What WhatsApp sends about an exchange, in its own words. Texts come from tables that hold nothing to escape.
struct Envelope {
    private let world: SeedWorld
    private let exchange: Exchange
    private let customer: Customer
    private let wording: Wording
    private let salon: SeedWorld.Salon

    init(_ world: SeedWorld, _ exchange: Exchange, _ customer: Customer, _ wording: Wording) {
        self.world = world
        self.exchange = exchange
        self.customer = customer
        self.wording = wording
        salon = world.salons[exchange.salon]
    }

    // MARK: - Names of messages

    func writeQuestionName(into buffer: inout CopyBuffer) { writeName(.question, of: exchange.number, into: &buffer) }

    func writeAnswerName(into buffer: inout CopyBuffer) { writeName(.answer, of: exchange.number, into: &buffer) }

    /// Like `wamid.HBgMMzUxMDEyMzQ1Njc4FQIAEhgUM0E…`: sixty characters that follow from the number of the exchange.
    private func writeName(_ subject: Draw.Subject, of number: Int, into buffer: inout CopyBuffer) {
        var draw = Draw(world.seed, subject, group: 1, number)
        buffer.append("wamid.HBgM")
        for _ in 0..<5 {
            var bits = draw.next()
            for _ in 0..<10 {
                buffer.append(byte: Self.letters[Int(bits & 31)])
                bits >>= 6
            }
        }
    }

    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    // MARK: - What came in

    func writeMessageEvent(into buffer: inout CopyBuffer) {
        writeBeginning(into: &buffer)
        writeMessageValue(into: &buffer)
        buffer.append(",\"field\":\"messages\"}]}]}")
    }

    func writeMessageValue(into buffer: inout CopyBuffer) {
        writeMetadata(into: &buffer)
        buffer.append(",\"contacts\":[{\"profile\":{\"name\":\"")
        customer.writeName(into: &buffer)
        buffer.append("\"}")
        writeIdentity(number: "wa_id", user: "user_id", into: &buffer)
        buffer.append("}],\"messages\":[{\"id\":\"")
        writeQuestionName(into: &buffer)
        buffer.append("\",\"timestamp\":\"")
        writeSeconds(exchange.askedAt, into: &buffer)
        buffer.append("\"")
        writeIdentity(number: "from", user: "from_user_id", into: &buffer)
        if exchange.words & 3 != 0 { writeContext(into: &buffer) }
        writeContent(into: &buffer)
        buffer.append("}]}")
    }

    /// Most people answer to something, here to what greeted them.
    private func writeContext(into buffer: inout CopyBuffer) {
        buffer.append(",\"context\":{\"from\":\"")
        buffer.append(salon.phone)
        buffer.append("\",\"id\":\"")
        writeName(.conversation, of: world.customerStarts[exchange.salon] + exchange.customer, into: &buffer)
        buffer.append("\"}")
    }

    private func writeContent(into buffer: inout CopyBuffer) {
        switch exchange.medium {
        case .text:
            buffer.append(",\"type\":\"text\",\"text\":{\"body\":\"")
            wording.writeQuestion(into: &buffer)
        case .image:
            buffer.append(",\"type\":\"image\",\"image\":{\"mime_type\":\"image/jpeg\",\"id\":\"")
            buffer.append(digits: 1_000_000_000_000_000 + exchange.number)
            buffer.append("\",\"caption\":\"")
            wording.writeQuestion(into: &buffer)
        case .audio:
            buffer.append(
                ",\"type\":\"audio\",\"audio\":{\"mime_type\":\"audio/ogg; codecs=opus\",\"voice\":true,\"id\":\"")
            buffer.append(digits: 1_000_000_000_000_000 + exchange.number)
        case .button:
            buffer.append(",\"type\":\"button\",\"button\":{\"payload\":\"")
            buffer.append(exchange.intent.name)
            buffer.append("\",\"text\":\"")
            wording.writeQuestion(into: &buffer)
        }
        buffer.append("\"}")
    }

    // MARK: - What went out

    /// What the service has asked WhatsApp to send.
    func writeRequest(into buffer: inout CopyBuffer) {
        buffer.append("{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\"")
        writeIdentity(number: "to", user: "recipient", into: &buffer)
        if let template = exchange.template {
            buffer.append(",\"type\":\"template\",\"template\":{\"name\":\"")
            buffer.append(template.name)
            buffer.append("\",\"language\":{\"code\":\"")
            buffer.append(Language.all[customer.language].code)
            buffer.append("\"},\"components\":[{\"type\":\"body\",\"text\":\"")
            wording.writeAnswer(into: &buffer)
            buffer.append("\"}]}}")
        } else {
            buffer.append(",\"type\":\"text\",\"text\":{\"preview_url\":false,\"body\":\"")
            wording.writeAnswer(into: &buffer)
            buffer.append("\"}}")
        }
    }

    func writeStateEvent(_ state: MessageState, into buffer: inout CopyBuffer) {
        writeBeginning(into: &buffer)
        writeMetadata(into: &buffer)
        buffer.append(",\"statuses\":[{\"id\":\"")
        writeAnswerName(into: &buffer)
        buffer.append("\",\"status\":\"")
        buffer.append(state.label.told)
        buffer.append("\",\"timestamp\":\"")
        writeSeconds(state.at, into: &buffer)
        buffer.append("\"")
        writeIdentity(number: "recipient_id", user: "recipient_user_id", into: &buffer)
        buffer.append(",\"biz_opaque_callback_data\":\"")
        writeDigits(of: world.answerID(exchange).high, into: &buffer)
        writeDigits(of: world.answerID(exchange).low, into: &buffer)
        buffer.append("\"")
        if state.label == .failed {
            buffer.append(
                """
                ,"errors":[{"code":131026,"title":"Message undeliverable","message":"Message undeliverable",\
                "error_data":{"details":"Message Undeliverable."},"href":\
                "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"}]
                """)
        } else {
            buffer.append(",\"conversation\":{\"id\":\"")
            writeDigits(of: exchange.words, into: &buffer)
            writeDigits(of: exchange.words ^ 0x5555_5555_5555_5555, into: &buffer)
            buffer.append("\",\"expiration_timestamp\":\"")
            writeSeconds(exchange.askedAt + .seconds(86_400), into: &buffer)
            buffer.append("\",\"origin\":{\"type\":\"service\"}},\"pricing\":{\"billable\":")
            buffer.append(exchange.template == nil ? "false" : "true")
            buffer.append(
                ",\"pricing_model\":\"PMP\",\"category\":\"service\",\"type\":\"free_customer_service\"}")
        }
        buffer.append("}]},\"field\":\"messages\"}]}]}")
    }

    // MARK: - Parts

    private func writeBeginning(into buffer: inout CopyBuffer) {
        buffer.append("{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"")
        buffer.append(salon.accountID)
        buffer.append("\",\"changes\":[{\"value\":")
    }

    private func writeMetadata(into buffer: inout CopyBuffer) {
        buffer.append("{\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":\"")
        buffer.append(salon.phone)
        buffer.append("\",\"phone_number_id\":\"")
        buffer.append(salon.phoneNumberID)
        buffer.append("\"}")
    }

    /// The number and the identifier of the customer, as far as WhatsApp tells them, as members of an object.
    private func writeIdentity(number: StaticString, user: StaticString, into buffer: inout CopyBuffer) {
        if customer.number != nil {
            buffer.append(",\"")
            buffer.append(number)
            buffer.append("\":\"")
            customer.writePhone(salon.place, into: &buffer)
            buffer.append("\"")
        }
        if customer.user != nil {
            buffer.append(",\"")
            buffer.append(user)
            buffer.append("\":\"")
            customer.writeUser(salon.place, into: &buffer)
            buffer.append("\"")
        }
    }

    private func writeSeconds(_ moment: Timestamp, into buffer: inout CopyBuffer) {
        buffer.append(digits: Int(moment.microseconds / 1_000_000))
    }

    private func writeDigits(of bits: UInt64, into buffer: inout CopyBuffer) {
        for shift in stride(from: 60, through: 0, by: -4) {
            let digit = UInt8(bits >> UInt64(shift) & 15)
            buffer.append(byte: digit < 10 ? 48 + digit : 87 + digit)
        }
    }
}

extension MessageState.Label {
    /// As `MessageStatus` has it.
    var column: StaticString {
        switch self {
        case .sent: "SENT"
        case .delivered: "DELIVERED"
        case .read: "READ"
        case .failed: "FAILED"
        }
    }

    /// As WhatsApp says it.
    fileprivate var told: StaticString {
        switch self {
        case .sent: "sent"
        case .delivered: "delivered"
        case .read: "read"
        case .failed: "failed"
        }
    }
}
