import Postgres
import Store
import TestSupport
import Testing

@testable import Tenants

@Suite("Who may do what") struct PermissionTests {
    @Test("The table of permissions is the golden one")
    func table() {
        let columns = Role.allCases.map { $0.rawValue.lowercased() } + ["platform", "key"]
        let head = "\("permission".padded(20))\(columns.map { $0.padded(10) }.joined())"
        let rows = Permission.all.map { permission in
            let granted =
                Role.allCases.map { permission.isGranted(to: $0) }
                + [permission.isGrantedToPlatform, permission.isForKeys]
            return "\(permission)".padded(20) + granted.map { ($0 ? "yes" : "-").padded(10) }.joined()
        }
        let text = ([head] + rows).map { $0.trimmed }.joined(separator: "\n") + "\n"
        expectGolden(text, "permissions")
    }

    @Test("A scope is read as it is written, and nothing else is")
    func scopes() {
        for permission in Permission.all { #expect(Permission("\(permission)") == permission) }
        for text in ["", "customers", "customers:", "customers:read ", "Customers:read", "customers:delete"] {
            #expect(Permission(text) == nil)
        }
    }

    @Test("For a salon one has nothing to do with there is none, and for one's own there is a limit")
    func decisions() {
        let (own, other) = (SalonIdentifier(.random()), SalonIdentifier(.random()))
        let staff = Principal(.user(.random(), session: .random(), roles: [own: .staff], isPlatformAdmin: false))
        #expect(staff.may(Permission(.customers, .write), in: own) == .granted)
        #expect(staff.may(Permission(.keys, .read), in: own) == .denied)
        #expect(staff.may(Permission(.customers, .write), in: other) == .unknown)
        let key = Principal(.key(.random(), salon: own, scopes: [Permission(.bookings, .read)]))
        #expect(key.may(Permission(.bookings, .read), in: own) == .granted)
        #expect(key.may(Permission(.bookings, .write), in: own) == .denied)
        #expect(key.may(Permission(.bookings, .read), in: other) == .unknown)
        let admin = Principal(.user(.random(), session: .random(), roles: [own: .owner], isPlatformAdmin: true))
        #expect(admin.may(Permission(.messages, .read), in: own) == .granted, "as the owner that she also is")
        #expect(admin.may(Permission(.messages, .read), in: other) == .denied)
        #expect(admin.may(Permission(.salon, .write), in: other) == .granted)
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
    fileprivate var trimmed: String { String(reversed().drop { $0 == " " }.reversed()) }
}
