import Basics
import HTTP
import Messaging
import Postgres
import Store
import Tenants

/// Saying something to a customer.
enum SendingEndpoints {
    static let all = [send]

    private static let message = Record<InboxMessage>.message

    /// A refusal: why, and when only templates may be sent, which.
    private static let problem = OpenAPIDocument.problem(
        named: "MessageProblem",
        [
            .init(
                "reason",
                [
                    "type": "string", "description": "Why, in one word.",
                    "enum": [
                        "window_closed", "blocked", "no_recipient", "template_not_approved", "unknown_message",
                    ],
                ]),
            .init("whatsapp_code", ["type": "integer", "description": "What WhatsApp would have answered with."]),
            .init(
                "templates",
                [
                    "type": "array", "description": "The templates that may be sent now.",
                    "items": .objectSchema(
                        [.init("name", ["type": "string"]), .init("language", ["type": "string"])],
                        required: ["name", "language"]),
                ]),
        ])

    private static let send = Endpoint(
        .post, "/v1/salons/\(Paths.salon)/conversations/\(Paths.id)/messages", "sendMessage", .messages,
        "Puts a message up for sending. It goes out in the order of its conversation; what came of it, it says itself.",
        access: .salon(Permission(.messages, .write)), body: MessageShapes.draft, answer: .accepted(message.component),
        problems: [.conflict: problem, .unprocessableContent: problem],
        .changing { call, draft, transaction in
            let conversation = try call.parameter(Paths.id)
            let content = try await content(of: draft, in: conversation, transaction)
            var replied: String?
            if let key = draft.replyingTo {
                replied = try await name(of: key, "/reply_to", in: conversation, transaction)
            }
            do {
                let id = try await Outgoing.put(
                    OutgoingMessage(in: conversation, content, replyingTo: replied), in: transaction)
                guard let row = try await transaction.run(InboxStatements.message, id).first else {
                    throw HTTPProblem(.internalServerError)
                }
                var reply = Reply(.accepted, message.json(row))
                reply.headers["Location"] = "/v1/salons/\(try call.parameter(Paths.salon))/messages/\(id)"
                return reply
            } catch let refusal as OutgoingRefusal {
                throw told(refusal)
            }
        })

    /// The one thing that is to be said.
    private static func content(
        of draft: MessageDraft, in conversation: PostgresUUID, _ transaction: StoreTransaction
    ) async throws -> MessageContent {
        guard draft.faults.isEmpty else { throw HTTPProblem.faulty(draft.faults) }
        guard draft.contents.count + (draft.reaction == nil ? 0 : 1) == 1 else {
            throw HTTPProblem.faulty([FieldFault(pointer: "", detail: "must have exactly one content, like text")])
        }
        if let content = draft.contents.first { return content }
        guard let reaction = draft.reaction else { throw HTTPProblem(.internalServerError) }
        let name = try await name(of: reaction.message, "/reaction/message_id", in: conversation, transaction)
        return .reaction(try made(name, reaction.emoji))
    }

    private static func made(_ message: String, _ emoji: String) throws(HTTPProblem) -> ReactionContent {
        do throws(MessageFault) {
            return try ReactionContent(to: message, emoji)
        } catch {
            throw .faulty([FieldFault(error)])
        }
    }

    /// What WhatsApp calls a message of the conversation.
    private static func name(
        of message: PostgresUUID, _ pointer: String, in conversation: PostgresUUID, _ transaction: StoreTransaction
    ) async throws -> String {
        let known = try await transaction.run(InboxStatements.whatsAppName, (message, conversation)).first
        guard let name = known ?? nil else {
            let fault = FieldFault(pointer: pointer, detail: "is no message of the conversation that WhatsApp has")
            throw HTTPProblem(
                .unprocessableContent, "there is no such message to refer to",
                members: [.init("reason", "unknown_message"), .init("errors", [fault.json])])
        }
        return name
    }

    private static func told(_ refusal: OutgoingRefusal) -> HTTPProblem {
        func conflict(_ detail: String, _ reason: String, _ more: [JSON.Member] = []) -> HTTPProblem {
            HTTPProblem(.conflict, detail, members: [.init("reason", .string(reason))] + more)
        }
        switch refusal {
        case .noConversation: return .unknown
        case .blocked: return conflict("the conversation is blocked", "blocked")
        case .noRecipient:
            return conflict("neither a number nor an identifier of the customer is known", "no_recipient")
        case .templateNotApproved: return conflict("WhatsApp has not approved the template", "template_not_approved")
        case .windowClosed(let templates):
            let names = templates.map { template -> JSON in
                ["name": .string(template.name), "language": .string(template.language)]
            }
            return conflict(
                "the customer's last message is more than 24 hours old; only templates may be sent", "window_closed",
                [
                    .init("whatsapp_code", .integer(MessageWindow.closedCode)), .init("templates", .array(names)),
                ])
        }
    }
}
