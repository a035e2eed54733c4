import Basics
import Postgres

// What is said. A unit is a block of exchanges, each of which is a message that came and one that went out.
extension SeedWorld {
    private static let block = 64
    /// How many days the tables against doubles reach back: nothing that is older is delivered again.
    static let keptDays = 30

    /// A table with so many rows of each exchange from one on.
    private func exchanges(
        _ name: String, _ columns: String, each: Int, from first: Int = 0, rowSize: Int,
        write: @escaping @Sendable (Exchange, Customer, inout CopyBuffer) -> Void
    ) -> SeedTable {
        let count = exchangeCount - first
        return SeedTable(
            name, columns, stage: 4, units: (count + Self.block - 1) / Self.block, rows: count * each,
            rowSize: rowSize
        ) { unit, buffer in
            let start = first + unit * Self.block
            for number in start..<min(start + Self.block, exchangeCount) {
                let exchange = Exchange(self, number)
                write(exchange, Customer(self, exchange.salon, exchange.customer), &buffer)
            }
        }
    }

    private var firstKept: Int { exchangeStarts[max(0, calendar.dayCount - Self.keptDays)] }

    // MARK: - Messages

    func questionID(_ exchange: Exchange) -> PostgresUUID {
        var draw = Draw(seed, .question, exchange.number)
        return draw.identifier(at: exchange.askedAt)
    }

    func answerID(_ exchange: Exchange) -> PostgresUUID {
        var draw = Draw(seed, .answer, exchange.number)
        return draw.identifier(at: exchange.answeredAt)
    }

    var messageTable: SeedTable {
        exchanges(
            "messages",
            """
            salon_id id created_at conversation_id customer_id direction phone_number message_type content payload
            language status whatsapp_id template_id error_code cost sent_at delivered_at read_at failed_at created_by
            updated_at
            """, each: 2, rowSize: 1500
        ) { exchange, customer, buffer in
            let wording = Wording(exchange, customer, salons[exchange.salon])
            writeQuestion(exchange, customer, wording, into: &buffer)
            writeAnswer(exchange, customer, wording, into: &buffer)
        }
    }

    private func writeQuestion(
        _ exchange: Exchange, _ customer: Customer, _ wording: Wording, into buffer: inout CopyBuffer
    ) {
        let salon = salons[exchange.salon]
        let envelope = Envelope(self, exchange, customer, wording)
        buffer.row(of: 22)
        buffer.uuid(salon.id)
        buffer.uuid(questionID(exchange))
        buffer.time(exchange.askedAt)
        buffer.uuid(conversation(of: customer))
        buffer.uuid(customer.id)
        buffer.text("INBOUND")
        buffer.phone(of: customer, salon.place)
        buffer.text(exchange.medium.label)
        if exchange.medium == .audio { buffer.null() } else { buffer.cell(wording.writeQuestion) }
        buffer.json(envelope.writeMessageValue)
        buffer.text(Language.all[customer.language].code)
        buffer.text("RECEIVED")
        buffer.cell { envelope.writeQuestionName(into: &$0) }
        for _ in 0..<7 { buffer.null() }
        buffer.text("webhook")
        buffer.time(exchange.askedAt)
    }

    private func writeAnswer(
        _ exchange: Exchange, _ customer: Customer, _ wording: Wording, into buffer: inout CopyBuffer
    ) {
        let salon = salons[exchange.salon]
        let envelope = Envelope(self, exchange, customer, wording)
        let states = exchange.states
        buffer.row(of: 22)
        buffer.uuid(salon.id)
        buffer.uuid(answerID(exchange))
        buffer.time(exchange.answeredAt)
        buffer.uuid(conversation(of: customer))
        buffer.uuid(customer.id)
        buffer.text("OUTBOUND")
        buffer.phone(of: customer, salon.place)
        buffer.text(exchange.template == nil ? "TEXT" : "TEMPLATE")
        buffer.cell(wording.writeAnswer)
        buffer.json(envelope.writeRequest)
        buffer.text(Language.all[customer.language].code)
        buffer.text(states.last?.label.column ?? "SENT")
        buffer.cell { envelope.writeAnswerName(into: &$0) }
        buffer.uuid(exchange.template.map { salon.templates[$0.rawValue] })
        if exchange.outcome == .failed { buffer.int(131_026) } else { buffer.null() }
        buffer.numeric(exchange.template == nil ? 0 : 14_000, decimals: 6)
        buffer.time(exchange.answeredAt)
        buffer.time(states.first { $0.label == .delivered }?.at)
        buffer.time(states.first { $0.label == .read }?.at)
        buffer.time(states.first { $0.label == .failed }?.at)
        buffer.text("assistant")
        buffer.time(states.last?.at ?? exchange.answeredAt)
    }

    var assistantMessageTable: SeedTable {
        exchanges(
            "ai_messages",
            """
            salon_id id created_at conversation_id direction content intent confidence ai_model tokens_used cost
            response_time_ms
            """, each: 2, rowSize: 430
        ) { exchange, customer, buffer in
            let wording = Wording(exchange, customer, salons[exchange.salon])
            writeHeard(exchange, customer, wording, into: &buffer)
            writeSaid(exchange, customer, wording, into: &buffer)
        }
    }

    private func writeHeard(
        _ exchange: Exchange, _ customer: Customer, _ wording: Wording, into buffer: inout CopyBuffer
    ) {
        buffer.row(of: 12)
        buffer.uuid(salons[exchange.salon].id)
        buffer.uuid(questionID(exchange))
        buffer.time(exchange.askedAt)
        buffer.uuid(conversation(of: customer))
        buffer.text("INBOUND")
        buffer.cell(wording.writeQuestion)
        buffer.text(exchange.intent.name)
        buffer.real(0.6 + Float(exchange.words % 400) / 1000)
        buffer.text(Self.model)
        buffer.int(0)
        buffer.numeric(0, decimals: 6)
        buffer.null()
    }

    private func writeSaid(
        _ exchange: Exchange, _ customer: Customer, _ wording: Wording, into buffer: inout CopyBuffer
    ) {
        buffer.row(of: 12)
        buffer.uuid(salons[exchange.salon].id)
        buffer.uuid(answerID(exchange))
        buffer.time(exchange.answeredAt)
        buffer.uuid(conversation(of: customer))
        buffer.text("OUTBOUND")
        buffer.cell(wording.writeAnswer)
        buffer.text(exchange.intent.name)
        buffer.null()
        buffer.text(Self.model)
        buffer.int(exchange.tokens)
        buffer.numeric(exchange.cost, decimals: 6)
        buffer.int(Int((exchange.answeredAt - exchange.askedAt).milliseconds))
    }

    // MARK: - Against doubles

    var messageKeyTable: SeedTable {
        exchanges(
            "message_keys", "salon_id whatsapp_id message_id created_at", each: 2, from: firstKept, rowSize: 285
        ) { exchange, customer, buffer in
            let envelope = Envelope(self, exchange, customer, Wording(exchange, customer, salons[exchange.salon]))
            buffer.row(of: 4)
            buffer.uuid(salons[exchange.salon].id)
            buffer.cell { envelope.writeQuestionName(into: &$0) }
            buffer.uuid(questionID(exchange))
            buffer.time(exchange.askedAt)
            buffer.row(of: 4)
            buffer.uuid(salons[exchange.salon].id)
            buffer.cell { envelope.writeAnswerName(into: &$0) }
            buffer.uuid(answerID(exchange))
            buffer.time(exchange.answeredAt)
        }
    }

    var messageStateTable: SeedTable {
        exchanges(
            "message_statuses", "salon_id whatsapp_id status happened_at created_at", each: 2, from: firstKept,
            rowSize: 285
        ) { exchange, customer, buffer in
            let envelope = Envelope(self, exchange, customer, Wording(exchange, customer, salons[exchange.salon]))
            for state in exchange.states {
                buffer.row(of: 5)
                buffer.uuid(salons[exchange.salon].id)
                buffer.cell { envelope.writeAnswerName(into: &$0) }
                buffer.text(state.label.column)
                buffer.time(state.at)
                buffer.time(state.at)
            }
        }
    }

    // MARK: - Events

    /// What WhatsApp has told: the message that came in, and the two states of the one that went out.
    var eventTable: SeedTable {
        exchanges(
            "webhook_logs", "id created_at salon_id event_type payload status processed_at", each: 3, rowSize: 1130
        ) { exchange, customer, buffer in
            let salon = salons[exchange.salon]
            let envelope = Envelope(self, exchange, customer, Wording(exchange, customer, salon))
            var draw = Draw(seed, .event, exchange.number)
            func write(_ kind: StaticString, _ at: Timestamp, _ payload: (inout CopyBuffer) -> Void) {
                buffer.row(of: 7)
                buffer.uuid(draw.identifier(at: at))
                buffer.time(at)
                buffer.uuid(salon.id)
                buffer.text(kind)
                buffer.json(payload)
                buffer.text(draw.chance(2) ? "IGNORED" : "PROCESSED")
                buffer.time(at + .milliseconds(3 + draw.below(60)))
            }
            write("messages", exchange.askedAt, envelope.writeMessageEvent)
            for state in exchange.states {
                write("statuses", state.at) { envelope.writeStateEvent(state, into: &$0) }
            }
        }
    }
}

extension Exchange.Medium {
    /// As `MessageType` has it.
    fileprivate var label: StaticString {
        switch self {
        case .text: "TEXT"
        case .image: "IMAGE"
        case .audio: "AUDIO"
        case .button: "BUTTON"
        }
    }
}
