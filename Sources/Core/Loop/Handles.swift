import Basics
import CUV

extension UnsafeMutablePointer {
    /// Memory for one libuv handle, holding `value`.
    static func allocated(holding value: Pointee) -> UnsafeMutablePointer {
        let pointer = allocate(capacity: 1)
        pointer.initialize(to: value)
        return pointer
    }

    /// Any libuv handle as the kind that `uv_close` takes.
    var asHandle: UnsafeMutablePointer<uv_handle_t> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: uv_handle_t.self)
    }
}

/// The Swift object that a libuv handle keeps alive through its data pointer until its close callback.
enum Owner<Object: AnyObject> {
    /// The object behind a data pointer.
    static func object(_ data: UnsafeMutableRawPointer?) -> Object? {
        data.map { Unmanaged<Object>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Gives the handle's hold on the object back.
    static func release(_ data: UnsafeMutableRawPointer?) {
        if let data { Unmanaged<Object>.fromOpaque(data).release() }
    }
}

extension ParlorError {
    /// A libuv call that failed.
    static func uv(
        _ call: StaticString, _ status: Int32, file: StaticString = #fileID, line: UInt = #line
    ) -> ParlorError {
        .systemCall(call, errno: -status, file: file, line: line)
    }
}
