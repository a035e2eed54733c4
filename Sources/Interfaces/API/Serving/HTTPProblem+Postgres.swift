import HTTP
import Postgres

extension HTTPProblem {
    /// What a client is told of a failure of the database; nil when it is a mistake of ours, which is a 500.
    init?(_ error: PostgresError, deleting: Bool = false) {
        switch error.kind {
        case .unreachable, .startingUp, .refused, .lost, .overdue, .crowded, .outcomeUnknown:
            let isUnclear = error.kind == .outcomeUnknown || error.kind == .lost || error.kind == .overdue
            self.init(
                .serviceUnavailable,
                isUnclear
                    ? "the database did not answer in time; repeat a change only with its Idempotency-Key, or look first"
                    : "the database does not answer; nothing was done", headers: ["Retry-After": "2"])
        case .statement:
            guard let state = error.sqlState, let problem = HTTPProblem(state, error.report?.constraint, deleting)
            else { return nil }
            self = problem
        case .unusable: return nil
        }
    }

    private init?(_ state: SQLState, _ constraint: String?, _ deleting: Bool) {
        let rule = constraint.flatMap { ConstraintWords.all[$0] }
        switch state {
        case .uniqueViolation, .exclusionViolation:
            self.init(.conflict, rule?.detail ?? "there is one of these already")
        case .foreignKeyViolation where deleting:
            self.init(.conflict, "something else still refers to it")
        case .foreignKeyViolation, .checkViolation:
            let fault = rule.map { FieldFault(pointer: $0.pointer, detail: $0.detail) }
            self = .faulty([fault ?? FieldFault(pointer: "", detail: "refers to something that is not there")])
        case .serializationFailure, .deadlockDetected, .lockNotAvailable:
            self.init(
                .serviceUnavailable, "others were changing the same; nothing was done", headers: ["Retry-After": "1"])
        case _ where state.errorClass == "22":
            self = .faulty([FieldFault(pointer: "", detail: "holds a value that cannot be kept")])
        default: return nil
        }
    }
}

/// What the constraints of the schema mean to a client that broke one.
enum ConstraintWords {
    /// Where it stands, and what should have been.
    struct Rule: Sendable {
        let pointer: String
        let detail: String
    }

    /// By the names of the constraints.
    static let all: [String: Rule] = [
        "salons_phone_number_id_key": Rule(pointer: "/phone_number_id", detail: "another salon has this number"),
        "salons_handle_key": Rule(pointer: "/handle", detail: "another salon has this handle"),
        "services_salon_id_name_key": Rule(pointer: "/name", detail: "there is a service of this name"),
        "opening_hours_check": Rule(pointer: "/closes", detail: "must be after opens"),
        "opening_hours_check1": Rule(pointer: "/valid_until", detail: "must not be before valid_from"),
        "opening_hours_salon_id_resource_id_fkey": Rule(pointer: "/resource_id", detail: "is no resource of the salon"),
        "closures_check": Rule(pointer: "/ends_at", detail: "must be after starts_at"),
        "closures_salon_id_resource_id_fkey": Rule(pointer: "/resource_id", detail: "is no resource of the salon"),
        "service_resources_salon_id_resource_id_fkey": Rule(
            pointer: "/resource_ids", detail: "names something that is no resource of the salon"),
        "resources_user_id_fkey": Rule(pointer: "/user_id", detail: "is no person"),
        "customers_salon_id_phone_number_key": Rule(
            pointer: "/phone_number", detail: "another customer has this number"),
        "customers_salon_id_whatsapp_user_id_key": Rule(
            pointer: "/whatsapp_user_id", detail: "another customer has this identifier"),
        "memberships_salon_id_user_id_key": Rule(pointer: "/email", detail: "this person is a member already"),
        "memberships_salon_id_fkey": Rule(pointer: "", detail: "there is no such salon"),
        "templates_name_salon_id_language_key": Rule(
            pointer: "/name", detail: "there is a template of this name and language"),
        "waiting_list_salon_id_customer_id_fkey": Rule(
            pointer: "/customer_id", detail: "is no customer of the salon"),
        "waiting_list_salon_id_service_id_fkey": Rule(pointer: "/service_id", detail: "is no service of the salon"),
        "waiting_list_salon_id_resource_id_fkey": Rule(
            pointer: "/resource_id", detail: "is no resource of the salon"),
        "bookings_salon_id_customer_id_fkey": Rule(pointer: "/customer_id", detail: "is no customer of the salon"),
        "bookings_salon_id_service_id_fkey": Rule(pointer: "/service_id", detail: "is no service of the salon"),
        "booking_claims_salon_id_resource_id_fkey": Rule(
            pointer: "/resource_id", detail: "is no resource of the salon"),
        "conversations_assigned_to_fkey": Rule(pointer: "/assigned_to", detail: "is no person"),
    ]
}
