import Basics
import Postgres

// What can be booked, what it takes, and when somebody is there.
extension SeedWorld {
    private func sum(_ count: (Salon) -> Int) -> Int { salons.reduce(0) { $0 + count($1) } }

    var serviceTable: SeedTable {
        SeedTable(
            "services",
            """
            salon_id id name category duration_minutes buffer_before_minutes buffer_after_minutes price currency
            \(Self.audit)
            """, stage: 1, units: salons.count, rows: sum { $0.profile.services.count }, rowSize: 450
        ) { unit, buffer in
            let salon = salons[unit]
            for (index, service) in salon.profile.services.enumerated() {
                buffer.row(of: 13)
                buffer.uuid(salon.id)
                buffer.uuid(salon.services[index])
                buffer.text(service.name.bytes)
                buffer.text(service.category.bytes)
                buffer.int(service.offer.minutes)
                buffer.int(service.offer.before)
                buffer.int(service.offer.after)
                buffer.numeric(service.price, decimals: 2)
                buffer.text(salon.place.currency)
                writeAudit(salon.createdAt, into: &buffer)
            }
        }
    }

    var resourceTable: SeedTable {
        SeedTable(
            "resources", "salon_id id kind name user_id \(Self.audit)", stage: 2, units: salons.count,
            rows: sum { $0.profile.staff.count * 2 }, rowSize: 450
        ) { unit, buffer in
            let salon = salons[unit]
            for member in salon.profile.staff.indices {
                buffer.row(of: 9)
                buffer.uuid(salon.id)
                buffer.uuid(salon.staff[member])
                buffer.text("STAFF")
                buffer.text(salon.profile.staff[member].bytes)
                buffer.uuid(user(unit, member))
                writeAudit(salon.createdAt, into: &buffer)
                buffer.row(of: 9)
                buffer.uuid(salon.id)
                buffer.uuid(salon.chairs[member])
                buffer.text("CHAIR")
                buffer.cell { cell in
                    cell.append(salon.profile.chair.bytes)
                    cell.append(byte: UInt8(ascii: " "))
                    cell.append(digits: member + 1)
                }
                buffer.null()
                writeAudit(salon.createdAt, into: &buffer)
            }
        }
    }

    var serviceResourceTable: SeedTable {
        SeedTable(
            "service_resources", "salon_id service_id resource_id", stage: 3, units: salons.count,
            rows: sum { salon in
                salon.profile.services.reduce(0) { $0 + salon.staff.count * ($1.offer.needsChair ? 2 : 1) }
            }, rowSize: 290
        ) { unit, buffer in
            let salon = salons[unit]
            for (index, service) in salon.profile.services.enumerated() {
                for resource in salon.staff + (service.offer.needsChair ? salon.chairs : []) {
                    buffer.row(of: 3)
                    buffer.uuid(salon.id)
                    buffer.uuid(salon.services[index])
                    buffer.uuid(resource)
                }
            }
        }
    }

    /// The salon's own hours.
    var openingHoursTable: SeedTable {
        SeedTable(
            "opening_hours", "salon_id id weekday opens closes \(Self.audit)", stage: 2, units: salons.count,
            rows: sum { $0.profile.week.reduce(0) { $0 + $1.count } }, rowSize: 400
        ) { unit, buffer in
            let salon = salons[unit]
            for (weekday, stretches) in salon.profile.week.enumerated() {
                for (index, stretch) in stretches.enumerated() {
                    var draw = Draw(seed, .hours, group: unit, weekday * 10 + index)
                    buffer.row(of: 9)
                    buffer.uuid(salon.id)
                    buffer.uuid(draw.identifier(at: salon.createdAt))
                    buffer.small(weekday + 1)
                    buffer.clock(minutes: stretch.opens)
                    buffer.clock(minutes: stretch.closes)
                    writeAudit(salon.createdAt, into: &buffer)
                }
            }
        }
    }

    /// The holidays of the days that are seeded.
    var closureTable: SeedTable {
        let holidays = calendar.holidays
        return SeedTable(
            "closures", "salon_id id starts_at ends_at reason \(Self.audit)", stage: 1, units: salons.count,
            rows: holidays.count * salons.count, rowSize: 430
        ) { unit, buffer in
            let salon = salons[unit]
            for day in holidays {
                var draw = Draw(seed, .closure, group: unit, day)
                buffer.row(of: 9)
                buffer.uuid(salon.id)
                buffer.uuid(draw.identifier(at: salon.createdAt))
                buffer.time(moment(unit, day: day, minutes: 0))
                buffer.time(moment(unit, day: day + 1, minutes: 0))
                buffer.text(salon.profile.holiday.bytes)
                writeAudit(salon.createdAt, into: &buffer)
            }
        }
    }
}
