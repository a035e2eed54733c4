import Basics
import HTTP
import Postgres

/// How lists come in pages: by key and not by number, so that a page costs the same however far it is down the list,
/// and what is added meanwhile moves nothing.
enum Paging {
    /// How many rows a page has at most.
    static let limit = QueryParameter(
        "limit", .integer(1...100), "How many entries a page has at most; 20 unless given.")
    /// Where the page begins.
    static let cursor = QueryParameter(
        "cursor", .text(64...64, pattern: "^[0-9a-f]{64}$", "a cursor that a page gave"),
        "Where the page begins: what the page before it gave as `cursor`.")

    /// Both, as endpoints declare them.
    static var parameters: [AnyQueryParameter] { [AnyQueryParameter(limit), AnyQueryParameter(cursor)] }

    /// The schema of a page of some component.
    static func component(of component: Component) -> Component {
        Component(
            name: "\(component.name)Page",
            schema: .objectSchema(
                [
                    .init("items", ["type": "array", "items": component.reference]),
                    .init(
                        "cursor", ["type": ["string", "null"], "description": "For the next page; null at the end."]),
                    .init("next", ["type": ["string", "null"], "description": "The address of the next page."]),
                ], required: ["items", "cursor", "next"]))
    }
}

/// A page that a client asks for.
struct PageRequest: Sendable {
    /// How many rows it shows at most.
    let limit: Int
    /// Behind which row it begins; nil for the first page.
    let cursor: Cursor?
    private let operation: String
    private let request: HTTPRequest

    init(_ call: Call, of operation: String) throws(HTTPProblem) {
        self.operation = operation
        request = call.request
        limit = call.query[Paging.limit] ?? 20
        guard let text = call.query[Paging.cursor] else {
            cursor = nil
            return
        }
        guard let cursor = Cursor(text, of: operation) else {
            let fault = FieldFault(pointer: "?cursor", detail: "must be a cursor that a page of this list gave")
            throw .faultyQuery([fault])
        }
        self.cursor = cursor
    }

    /// How many rows to ask for: one more tells whether there is a next page.
    var asked: Int { limit + 1 }

    /// The page of some rows, of which there are up to `asked`.
    func reply<Row>(_ rows: [Row], _ json: (Row) -> JSON, cursor: (Row) -> Cursor) -> Reply {
        let shown = rows.prefix(limit)
        let next = rows.count > limit ? shown.last.map { cursor($0).text(for: operation) } : nil
        let link: String? = next.flatMap { next in
            let kept = request.target.queryItems.filter { $0.name != Paging.cursor.name }
            return HTTPTarget(
                segments: request.target.segments, query: kept + [HTTPTarget.QueryItem(Paging.cursor.name, next)])?
                .description
        }
        var reply = Reply(
            .ok, ["items": .array(shown.map(json)), "cursor": .string(next), "next": .string(link)])
        if let link { reply.headers["Link"] = "<\(link)>; rel=\"next\"" }
        return reply
    }
}
