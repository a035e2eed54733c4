import Basics
import Bookings
import HTTP

extension Record where Row == BookingDetails {
    /// A booking as clients see it.
    static let booking = Record(
        "Booking", "Who comes when, for what. Its notes are sealed, and shown for themselves.",
        [
            .told("id", .identifier, \.id, "Its key."),
            .told("code", .told, \.code, "Six characters by which people name it."),
            .told("status", .choice, \.status, "HELD and CONFIRMED will take place; the others are over."),
            .told("service_id", .orNull(.identifier), \.serviceID, "The service."),
            .told("service", .told, \.service, "What was booked, as it was called then."),
            .told("starts_at", .moment, \.start, "When it begins."),
            .told("ends_at", .moment, \.end, "When it ends."),
            .told("local_start", .wallTime, \.localStart, "What the salon's clocks show when it begins, as agreed on."),
            .told("timezone", .told, \.zone, "The zone of those clocks."),
            .told("hold_expires_at", .orNull(.moment), \.holdExpires, "Until when it is held, where it is only held."),
            .told("resource_ids", .keys, \.resources, "Whom and what it takes."),
            .told("customer_id", .orNull(.identifier), \.customer, "The customer, where the salon knows one."),
            .told("phone_number", .orNull(.told), \.customerPhone, "The customer's number, where it is known."),
            .told("name", .orNull(.told), \.customerName, "The customer's name, where it is known."),
            .told("price", .orNull(.price), \.price, "What the service cost then."),
            .told("currency", .orNull(.told), \.currency, "The currency of the price."),
            .told("source", .told, \.source, "Which way it came: staff, api, chat or waiting_list."),
            .told("created_at", .moment, \.created, "When it was made."),
            .told("updated_at", .moment, \.updated, "When it was last changed."),
            .told("version", .version, \.version, "How often it was changed; its ETag."),
        ])
}

extension Record where Row == FreeSlot {
    /// A free time as clients see it.
    static let freeSlot = Record(
        "FreeSlot", "A time at which a service can be had.",
        [
            .told("starts_at", .moment, \.start, "When it would begin."),
            .told("ends_at", .moment, \.end, "When it would end."),
            .told("local_start", .wallTime, \.localStart, "What the salon's clocks show then."),
            .told("resource_ids", .keys, \.resources, "Whom and what it would take."),
        ])
}
