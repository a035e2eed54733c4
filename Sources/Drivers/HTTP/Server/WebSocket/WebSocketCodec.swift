import Basics
import CWslay

/// The frames of a WebSocket (RFC 6455) on wslay: bytes in, events out, and messages in, bytes out; no input or output.
///
/// It answers pings and farewells by itself, checks masks, reserved bits, UTF-8 and fragmentation, and ends with the code
/// of what is wrong. After an end it takes nothing in any more. Where wslay looks away or says nothing (a farewell of one
/// byte, a reason that is no text, a broken header), it is told what was wrong by a frame that is made here.
final class WebSocketCodec: @unchecked Sendable {
    // Guard of @unchecked Sendable: used by one connection, on its loop.

    /// Which end of the connection this is.
    enum Role { case server, client }

    /// What came in.
    enum Event: Equatable {
        case text(String)
        case binary([UInt8])
        /// The other end said farewell, or broke a rule.
        case close(WebSocketClose)

        fileprivate var isClose: Bool { if case .close = self { true } else { false } }
    }

    private let role: Role
    private let limits: WebSocketLimits
    private var context: wslay_event_context_ptr?
    private var cutter = WebSocketFrameCutter()
    private var input: [UInt8] = []
    private var ends: ArraySlice<Int> = []
    private var taken = 0
    private var output: [UInt8] = []
    private var events: [Event] = []
    private var fragments = 0
    private var refusal: WebSocketClose?
    private var isFarewellQueued = false
    private var hasToldEnd = false
    private var hasFailed = false

    init(_ role: Role, _ limits: WebSocketLimits) {
        self.role = role
        self.limits = limits
        var callbacks = wslay_event_callbacks()
        callbacks.recv_callback = { context, buffer, count, _, me in
            WebSocketCodec.from(me).give(buffer, count, context)
        }
        callbacks.send_callback = { _, bytes, count, _, me in
            WebSocketCodec.from(me).output += UnsafeBufferPointer(start: bytes, count: count)
            return count
        }
        callbacks.genmask_callback = { _, buffer, count, _ in
            for place in 0..<count { buffer?[place] = .random(in: 0 ... .max) }
            return 0
        }
        callbacks.on_frame_recv_start_callback = { context, frame, me in
            if let frame { WebSocketCodec.from(me).frameBegins(frame.pointee) }
        }
        callbacks.on_msg_recv_callback = { _, message, me in
            if let message { WebSocketCodec.from(me).received(message.pointee) }
        }
        let me = Unmanaged.passUnretained(self).toOpaque()
        let status =
            role == .server
            ? wslay_event_context_server_init(&context, &callbacks, me)
            : wslay_event_context_client_init(&context, &callbacks, me)
        precondition(status == 0, "there is no memory for a WebSocket")
        wslay_event_config_set_max_recv_msg_length(context, UInt64(limits.message.bytes))
    }

    deinit { wslay_event_context_free(context) }

    private static func from(_ me: UnsafeMutableRawPointer?) -> WebSocketCodec {
        guard let me else { preconditionFailure("wslay calls back with what it was given") }
        return Unmanaged<WebSocketCodec>.fromOpaque(me).takeUnretainedValue()
    }

    // MARK: - In

    /// Whether bytes still mean anything.
    var wantsInput: Bool { !hasToldEnd }

    /// Takes bytes in; gives back what they turned out to be.
    func receive(_ bytes: [UInt8]) -> [Event] {
        guard wantsInput else { return [] }
        let (whole, ends) = cutter.cut(bytes)
        (input, self.ends, taken) = (whole, ends[...], 0)
        let status = wslay_event_recv(context)
        input = []
        defer { events = [] }
        if status != 0 { refusal = refusal ?? WebSocketClose(1002, Self.brokenRule) }
        if let refusal { fail(refusal) } else if wslay_event_want_read(context) == 0 { end() }
        return events
    }

    private static let brokenRule = "the other end broke a rule"

    /// Tells the end, with the code of the other end's farewell, or of the one that wslay says because of what it did.
    private func end() {
        hasToldEnd = true
        guard !events.contains(where: \.isClose) else { return }
        flushFrames()
        events.append(.close(WebSocketClose(Int(wslay_event_get_status_code_sent(context)), Self.brokenRule)))
    }

    /// Says farewell past wslay, and stops.
    private func fail(_ close: WebSocketClose) {
        hasToldEnd = true
        hasFailed = true
        events.removeAll(where: \.isClose)
        events.append(.close(close))
        guard wslay_event_get_close_sent(context) == 0 else { return }
        let payload = [UInt8(close.code >> 8), UInt8(close.code & 255)]
        // A client masks what it sends; a mask of zeros changes nothing.
        output += role == .server ? [0x88, 2] + payload : [0x88, 0x82, 0, 0, 0, 0] + payload
    }

    private func give(_ buffer: UnsafeMutablePointer<UInt8>?, _ room: Int, _ context: OpaquePointer?) -> Int {
        // Never across the end of a frame, so that the next one is given in one piece.
        if ends.first == taken { ends.removeFirst() }
        let count = min(room, (ends.first ?? taken) - taken)
        guard count > 0, refusal == nil, let buffer else {
            wslay_event_set_error(context, Int32(WSLAY_ERR_WOULDBLOCK.rawValue))
            return -1
        }
        input.withUnsafeBufferPointer { bytes in
            buffer.update(from: bytes.baseAddress.unsafelyUnwrapped + taken, count: count)
        }
        taken += count
        return count
    }

    private func frameBegins(_ frame: wslay_event_on_frame_recv_start_arg) {
        // Control frames stand between the fragments of a message, and do not count.
        guard frame.opcode & 8 == 0 else { return }
        fragments = frame.opcode == 0 ? fragments + 1 : 1
        if frame.payload_length > UInt64(limits.frame.bytes) {
            refusal = WebSocketClose(1009, "a frame is too large")
        } else if fragments > limits.fragments {
            refusal = WebSocketClose(1008, "a message has too many fragments")
        }
    }

    private func received(_ message: wslay_event_on_msg_recv_arg) {
        let bytes = UnsafeBufferPointer(start: message.msg, count: message.msg_length)
        switch UInt32(message.opcode) {
        case WSLAY_TEXT_FRAME.rawValue: events.append(.text(String(decoding: bytes, as: UTF8.self)))
        case WSLAY_BINARY_FRAME.rawValue: events.append(.binary(Array(bytes)))
        case WSLAY_CONNECTION_CLOSE.rawValue:
            let code = Int(message.status_code)
            // The code stands before the reason.
            let reason = String(validating: bytes.dropFirst(2), as: UTF8.self)
            if reason == nil { refusal = WebSocketClose(1007, "the reason of a farewell is no text") }
            if bytes.count == 1 { refusal = WebSocketClose(1002, Self.brokenRule) }
            events.append(.close(code == 0 ? WebSocketClose(1005) : WebSocketClose(code, reason ?? "")))
        default: break
        }
    }

    // MARK: - Out

    /// Whether messages can still be sent.
    var canSend: Bool { !isFarewellQueued && wslay_event_get_write_enabled(context) != 0 && !hasToldEnd }

    /// Whether both ends said farewell.
    var isOver: Bool {
        !hasFailed && wslay_event_get_close_sent(context) != 0 && wslay_event_get_close_received(context) != 0
    }

    func send(text: String) {
        var text = text
        text.withUTF8 { queue(WSLAY_TEXT_FRAME, $0) }
    }

    func send(binary: [UInt8]) { binary.withUnsafeBufferPointer { queue(WSLAY_BINARY_FRAME, $0) } }

    func ping() { queue(WSLAY_PING, UnsafeBufferPointer(start: nil, count: 0)) }

    /// Says farewell; what is sent later is dropped.
    func farewell(_ close: WebSocketClose) {
        guard !isFarewellQueued else { return }
        isFarewellQueued = true
        // A control frame holds 125 bytes, two of them the code.
        var reason = close.reason
        while reason.utf8.count > 123 { reason.removeLast() }
        reason.withUTF8 {
            _ = wslay_event_queue_close(context, UInt16(close.code), $0.baseAddress, $0.count)
        }
    }

    private func queue(_ opcode: wslay_opcode, _ bytes: UnsafeBufferPointer<UInt8>) {
        var message = wslay_event_msg(
            opcode: UInt8(opcode.rawValue), msg: bytes.baseAddress, msg_length: bytes.count)
        _ = wslay_event_queue_msg(context, &message)
    }

    private func flushFrames() {
        if !hasFailed { _ = wslay_event_send(context) }
    }

    /// The bytes to send, and forgets them.
    func takeOutput() -> [UInt8] {
        flushFrames()
        defer { output = [] }
        return output
    }
}
