import Basics
public import HTTP
import JSONText
public import Loop

/// A client of an etcd cluster, over its JSON gateway, on one loop.
///
/// A call asks the members in turn until one answers, each for a short time, so that one that hangs holds nobody up;
/// while the cluster elects a leader, it tries again until its limit. A write that a member may have done is not sent
/// again: the error says `mayHaveRun`, and only the caller can know what to make of that.
///
/// Errors: `EtcdError`, and `CancellationError` when the task is cancelled.
public struct EtcdClient: Sendable {
    let options: EtcdOptions
    let loop: EventLoop
    let http: HTTPClient
    let watching: HTTPClient
    let book: EndpointBook
    let reader: JSONReader

    /// A client; nothing is connected before the first call.
    public init(_ options: EtcdOptions, on loop: EventLoop) throws(EtcdError) {
        guard !options.endpoints.isEmpty else { throw .unusable("a client of etcd needs an endpoint") }
        self.options = options
        self.loop = loop
        http = HTTPClient(on: loop, options.calls)
        watching = HTTPClient(on: loop, options.watches)
        book = EndpointBook(count: options.endpoints.count)
        reader = JSONReader(JSONRules(sizeMax: options.answerMax))
    }

    /// The members' addresses.
    public var endpoints: [HTTPOrigin] { options.endpoints }

    /// Closes the connections that nobody uses, and refuses later calls. Connections end with the client too.
    public func close() {
        http.close()
        watching.close()
    }

    // MARK: - Calling

    /// Asks the members in turn, and reads the answer of the first that has one.
    func answer<Answer: Sendable>(
        _ call: EtcdCall, within limit: Duration?,
        _ read: @escaping @Sendable (inout JSONCursor) throws(JSONFault) -> Answer
    ) async throws -> Answer {
        let limit = limit ?? options.limit
        var plan = CallPlan(
            order: book.order, isRepeatable: call.isRepeatable, limit: limit, attemptLimit: options.attemptLimit)
        let begin = ContinuousClock.now
        while true {
            switch plan.next(after: ContinuousClock.now - begin, spread: .random(in: 0...1)) {
            case .ask(let endpoint, let share):
                do {
                    let answer = try await ask(options.endpoints[endpoint], call, within: share, read)
                    book.answered(endpoint)
                    return answer
                } catch let error as EtcdError {
                    if error.isTransient { book.failed(endpoint) }
                    plan.failed(error)
                }
            case .pause(let pause): try await loop.sleep(for: pause)
            case .giveUp: throw plan.outcome ?? .tooLate(limit)
            }
        }
    }

    /// Asks one member.
    func ask<Answer: Sendable>(
        _ endpoint: HTTPOrigin, _ call: EtcdCall, within limit: Duration,
        _ read: (inout JSONCursor) throws(JSONFault) -> Answer
    ) async throws -> Answer {
        let (request, upload, mark) = try call.request()
        let response: HTTPResponse
        do {
            response = try await http.send(
                request, upload, to: endpoint, mayRepeat: call.isRepeatable, within: limit)
        } catch let error as ParlorError {
            throw EtcdError.unanswered(endpoint, error, wasSent: mark?.wasSent ?? true)
        }
        guard response.status.isSuccess else { throw failure(response, endpoint) }
        return try parse(response.body, endpoint, mayHaveRun: true, read)
    }

    func parse<Answer>(
        _ bytes: [UInt8], _ endpoint: HTTPOrigin, mayHaveRun: Bool,
        _ read: (inout JSONCursor) throws(JSONFault) -> Answer
    ) throws(EtcdError) -> Answer {
        do {
            return try reader.read(from: bytes, read)
        } catch {
            throw .unreadable(endpoint, error.description, mayHaveRun: mayHaveRun)
        }
    }

    func failure(_ response: HTTPResponse, _ endpoint: HTTPOrigin) -> EtcdError {
        if let complaint = EtcdComplaint(response.body) { return EtcdError(complaint, at: endpoint) }
        return .unreadable(endpoint, "it answered with status \(response.status.code)", mayHaveRun: true)
    }
}
