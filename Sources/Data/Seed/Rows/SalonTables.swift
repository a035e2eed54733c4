import Basics
import Postgres

// Salons, and who works for them.
extension SeedWorld {
    var salonTable: SeedTable {
        SeedTable(
            "salons",
            """
            id name handle phone_number_id business_account_id display_phone_number timezone language currency
            \(Self.audit)
            """, stage: 0, units: salons.count, rows: salons.count,
            rowSize: 900
        ) { unit, buffer in
            let salon = salons[unit]
            buffer.row(of: 13)
            buffer.uuid(salon.id)
            buffer.text(salon.profile.name.bytes)
            buffer.text(Array(handle(unit).utf8))
            buffer.text(salon.phoneNumberID)
            buffer.text(salon.accountID)
            buffer.cell { $0.writePhone(salon) }
            buffer.text(salon.place.zone)
            buffer.text(Language.all[salon.profile.language].code)
            buffer.text(salon.place.currency)
            writeAudit(salon.createdAt, into: &buffer)
        }
    }

    /// The handle; a second seed's must be another one.
    private func handle(_ salon: Int) -> String {
        request.size == .demo && seed != 1 ? "\(salons[salon].profile.handle)-\(seed)" : salons[salon].profile.handle
    }

    // MARK: - People

    private var staffCount: Int { salons.reduce(0) { $0 + $1.profile.staff.count } }

    /// The people of a salon: who owns it, and who works there.
    private func people(_ salon: Int) -> Range<Int> { 0..<salons[salon].profile.staff.count }

    func user(_ salon: Int, _ member: Int) -> PostgresUUID {
        var draw = Draw(seed, .name, group: salon, member)
        return draw.identifier(at: salons[salon].createdAt)
    }

    var userTable: SeedTable {
        SeedTable(
            "users", "id email name \(Self.audit)", stage: 1, units: salons.count, rows: staffCount, rowSize: 600
        ) { unit, buffer in
            for member in people(unit) {
                buffer.row(of: 7)
                buffer.uuid(user(unit, member))
                // A name that never leads anywhere (RFC 2606).
                buffer.cell { cell in
                    cell.append("staff")
                    cell.append(digits: member + 1)
                    cell.append(byte: UInt8(ascii: "@"))
                    cell.append(Array(handle(unit).utf8))
                    cell.append(byte: UInt8(ascii: "."))
                    cell.append(digits: Int(truncatingIfNeeded: seed & 0x7fff_ffff_ffff_ffff))
                    cell.append(".example")
                }
                buffer.text(salons[unit].profile.staff[member].bytes)
                writeAudit(salons[unit].createdAt, into: &buffer)
            }
        }
    }

    var membershipTable: SeedTable {
        SeedTable(
            "memberships", "salon_id id user_id role \(Self.audit)", stage: 2, units: salons.count,
            rows: staffCount, rowSize: 550
        ) { unit, buffer in
            for member in people(unit) {
                var draw = Draw(seed, .membership, group: unit, member)
                buffer.row(of: 8)
                buffer.uuid(salons[unit].id)
                buffer.uuid(draw.identifier(at: salons[unit].createdAt))
                buffer.uuid(user(unit, member))
                buffer.text(member == 0 ? "OWNER" : member == 1 ? "MANAGER" : "STAFF")
                writeAudit(salons[unit].createdAt, into: &buffer)
            }
        }
    }

    var templateTable: SeedTable {
        SeedTable(
            "templates", "salon_id id name language category status components \(Self.audit)", stage: 1,
            units: salons.count, rows: salons.count * Template.all.count, rowSize: 900
        ) { unit, buffer in
            let language = Language.all[salons[unit].profile.language]
            for template in Template.all {
                buffer.row(of: 11)
                buffer.uuid(salons[unit].id)
                buffer.uuid(salons[unit].templates[template.rawValue])
                buffer.text(template.name)
                buffer.text(language.code)
                buffer.text("UTILITY")
                buffer.text("APPROVED")
                buffer.json { json in
                    json.append("[{\"type\":\"BODY\",\"text\":\"")
                    template.phrase(in: language).write(into: &json) { place, json in
                        json.append("{{")
                        json.append(Array(place.rawValue.utf8))
                        json.append("}}")
                    }
                    json.append("\"}]")
                }
                writeAudit(salons[unit].createdAt, into: &buffer)
            }
        }
    }

    var customerTable: SeedTable {
        SeedTable(
            "customers",
            "salon_id id name phone_number whatsapp_user_id username language \(Self.audit)", stage: 1,
            units: customerCount, rows: customerCount, rowSize: 410
        ) { unit, buffer in
            let (salon, index) = place(ofCustomer: unit)
            let customer = Customer(self, salon, index)
            let place = salons[salon].place
            buffer.row(of: 11)
            buffer.uuid(salons[salon].id)
            buffer.uuid(customer.id)
            buffer.cell { customer.writeName(into: &$0) }
            buffer.phone(of: customer, place)
            if customer.user == nil { buffer.null() } else { buffer.cell { customer.writeUser(place, into: &$0) } }
            if customer.hasHandle {
                buffer.cell { cell in
                    cell.append(customer.firstName)
                    cell.append(digits: customer.index)
                }
            } else {
                buffer.null()
            }
            buffer.text(Language.all[customer.language].code)
            writeAudit(customer.createdAt, into: &buffer)
        }
    }
}

extension CopyBuffer {
    /// The number of a customer, or NULL.
    mutating func phone(of customer: Customer, _ place: Place) {
        if customer.number == nil { null() } else { cell { customer.writePhone(place, into: &$0) } }
    }

    /// The number of a salon as people read it.
    mutating func writePhone(_ salon: SeedWorld.Salon) {
        append(byte: UInt8(ascii: "+"))
        append(salon.phone)
    }
}
