import Basics
import Postgres

// Appointments, and what they take. A unit is a salon's day.
extension SeedWorld {
    private var dayUnits: Int { salons.count * appointmentDays.count }

    private func appointments(ofUnit unit: Int) -> [Appointment] {
        appointments(unit % salons.count, appointmentDays.lowerBound + unit / salons.count)
    }

    func bookingTable(_ totals: SeedTotals) -> SeedTable {
        SeedTable(
            "bookings",
            """
            salon_id id booking_code customer_id customer_phone customer_name service_id service start_ts end_ts
            local_start timezone status hold_expires_at price currency source \(Self.audit) version
            """, stage: 2, units: dayUnits, rows: totals.bookings, rowSize: 680
        ) { unit, buffer in
            for appointment in appointments(ofUnit: unit) { write(appointment, into: &buffer) }
        }
    }

    private func write(_ appointment: Appointment, into buffer: inout CopyBuffer) {
        let salon = salons[appointment.salon]
        let customer = Customer(self, appointment.salon, appointment.customer)
        let service = salon.profile.services[appointment.service]
        buffer.row(of: 22)
        buffer.uuid(salon.id)
        buffer.uuid(appointment.id)
        buffer.cell { appointment.writeCode(into: &$0) }
        buffer.uuid(customer.id)
        buffer.phone(of: customer, salon.place)
        buffer.cell { customer.writeName(into: &$0) }
        buffer.uuid(salon.services[appointment.service])
        buffer.text(service.name.bytes)
        buffer.time(appointment.startsAt)
        buffer.time(appointment.endsAt)
        buffer.time(appointment.localStart)
        buffer.text(salon.place.zone)
        buffer.text(appointment.state.label)
        if appointment.state == .held { buffer.time(calendar.until + .seconds(600)) } else { buffer.null() }
        buffer.numeric(service.price, decimals: 2)
        buffer.text(salon.place.currency)
        buffer.text(appointment.isByAssistant ? "whatsapp" : "api")
        let isDecided = appointment.state != .confirmed && appointment.state != .held
        writeAudit(
            appointment.createdAt, updatedAt: isDecided ? min(appointment.endsAt, calendar.until) : nil,
            into: &buffer)
        buffer.int(isDecided ? 2 : 1)
    }

    func claimTable(_ totals: SeedTotals) -> SeedTable {
        SeedTable(
            "booking_claims", "salon_id booking_id resource_id occupied is_active", stage: 3, units: dayUnits,
            rows: totals.claims, rowSize: 215
        ) { unit, buffer in
            for appointment in appointments(ofUnit: unit) {
                let salon = salons[appointment.salon]
                let offer = salon.profile.services[appointment.service].offer
                let from = appointment.startsAt + .seconds(-offer.before * 60)
                let to = appointment.endsAt + .seconds(offer.after * 60)
                let resources = [salon.staff[appointment.staff], salon.chairs[appointment.staff]]
                for resource in resources.prefix(offer.needsChair ? 2 : 1) {
                    buffer.row(of: 5)
                    buffer.uuid(salon.id)
                    buffer.uuid(appointment.id)
                    buffer.uuid(resource)
                    buffer.range(from, to)
                    buffer.bool(appointment.isActive)
                }
            }
        }
    }
}

extension Appointment.State {
    /// As `BookingStatus` has it.
    fileprivate var label: StaticString {
        switch self {
        case .confirmed: "CONFIRMED"
        case .cancelled: "CANCELLED"
        case .completed: "COMPLETED"
        case .missed: "NO_SHOW"
        case .held: "HELD"
        }
    }
}
