import Basics
import Bookings
import HTTP

/// How the outcomes of the booking desk are told to clients.
enum BookingProblem {
    /// A refusal: why, as one word for programs, and when the time is taken what can be had instead.
    static let component = OpenAPIDocument.problem(
        named: "BookingProblem",
        [
            .init(
                "reason",
                ["type": "string", "description": "Why, in one word.", "enum": .array(words.map { .string($0) })]),
            .init(
                "free_slots",
                [
                    "type": "array", "description": "When the time is taken: the next ones that are free.",
                    "items": Record<FreeSlot>.freeSlot.component.reference,
                ]),
        ])

    /// For endpoints that book.
    static let all: [HTTPStatus: Component] = [.conflict: component, .unprocessableContent: component]

    private static let words = [
        "taken", "gap", "too_soon", "too_far", "off_step", "closed", "no_resource", "no_service", "no_customer",
        "key_reused", "cancelled", "over", "confirmed_already", "hold_expired", "only_held", "not_begun",
    ]

    /// Somebody has the time.
    static func taken(_ next: [FreeSlot]) -> HTTPProblem {
        HTTPProblem(
            .conflict, SlotRefusal.taken.description,
            members: [
                .init("reason", "taken"), .init("free_slots", .array(next.map(Record<FreeSlot>.freeSlot.json))),
            ])
    }

    /// The rules do not allow it: 409 where it is the booking that does not, 422 where it is what was asked for, with
    /// the place of that in the body.
    static func refused(_ refusal: BookingRefusal, start: String) -> HTTPProblem {
        let (word, pointer) = told(refusal, start)
        if case .step = refusal {
            return HTTPProblem(.conflict, refusal.description, members: [.init("reason", .string(word))])
        }
        var members = [JSON.Member("reason", .string(word))]
        if let pointer {
            members.append(.init("errors", [FieldFault(pointer: pointer, detail: refusal.description).json]))
        }
        return HTTPProblem(.unprocessableContent, refusal.description, members: members)
    }

    private static func told(_ refusal: BookingRefusal, _ start: String) -> (word: String, pointer: String?) {
        switch refusal {
        case .gap: ("gap", start)
        case .slot(.tooSoon): ("too_soon", start)
        case .slot(.tooFar): ("too_far", start)
        case .slot(.offStep): ("off_step", start)
        case .slot(.closed): ("closed", start)
        case .slot(.taken): ("taken", start)
        case .slot(.noResource): ("no_resource", "/service_id")
        case .noService: ("no_service", "/service_id")
        case .noCustomer: ("no_customer", "/customer_id")
        case .keyReused: ("key_reused", nil)
        case .step(.over(.cancelled)): ("cancelled", nil)
        case .step(.over): ("over", nil)
        case .step(.confirmedAlready): ("confirmed_already", nil)
        case .step(.holdExpired): ("hold_expired", nil)
        case .step(.onlyHeld): ("only_held", nil)
        case .step(.notBegun): ("not_begun", nil)
        }
    }
}

extension BookingOutcome {
    /// The booking, or the problem that a client is told. `start` is where the body says when.
    func details(start: String) throws(HTTPProblem) -> BookingDetails {
        switch self {
        case .done(let details): return details
        case .taken(let next): throw BookingProblem.taken(next)
        case .refused(let refusal): throw BookingProblem.refused(refusal, start: start)
        case .changedMeanwhile: throw .stale
        case .missing: throw .unknown
        }
    }
}
