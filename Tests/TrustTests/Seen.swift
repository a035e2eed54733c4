import Basics
import Synchronization
import TLS

/// What a reader of two paths has seen of a part's files over time.
final class Seen: Sendable {
    private let found = Mutex<(certificates: [TLSCertificate], keys: [Secret], faults: Int)>(([], [], 0))

    var certificates: [TLSCertificate] { found.withLock { $0.certificates } }
    var keys: [Secret] { found.withLock { $0.keys } }
    /// How often there was nothing to be read.
    var faults: Int { found.withLock { $0.faults } }

    func look(_ folder: String, _ part: String) {
        let certificate = try? TLSCertificate.all(inFile: "\(folder)/\(part).crt").first
        let key = try? Files.readText("\(folder)/\(part).key")
        found.withLock {
            guard let certificate, let key else {
                $0.faults += 1
                return
            }
            $0.certificates.append(certificate)
            $0.keys.append(Secret(key))
        }
    }
}
