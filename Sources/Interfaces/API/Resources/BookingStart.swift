import Basics
import Bookings

/// When something is to begin, as bodies say it: by a moment or by what the salon's clocks show, one of them.
struct BookingStart: Sendable {
    let start: BookingRequest.Start
    /// Where the body says it.
    let pointer: String

    static let moment = Field<Timestamp?>(
        "starts_at", .orNull(.moment), standard: .some(nil), "When it is to begin; this or local_start.")
    static let wallTime = Field<WallTime?>(
        "local_start", .orNull(.wallTime), standard: .some(nil),
        "What the salon's clocks are to show then; of two such moments the first.")

    init?(_ moment: Timestamp?, _ wallTime: WallTime?) {
        switch (moment, wallTime) {
        case (let moment?, nil): (start, pointer) = (.moment(moment), "/starts_at")
        case (nil, let time?): (start, pointer) = (.wallTime(time), "/local_start")
        default: return nil
        }
    }

    /// What is wrong when there is none.
    static let fault = FieldFault(pointer: "/starts_at", detail: "give either starts_at or local_start")
}
