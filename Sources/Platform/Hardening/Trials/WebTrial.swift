import Basics
import Digests
import HTTP
import Loop
import TLS

/// Attempts at something that speaks HTTP over TLS.
struct WebTrial: Sendable {
    let place: HardenedSystem.Place
    let authority: String
    /// The certificate that is shown; nil for none.
    var identity: TLSIdentity?
    /// The account that is named; nil for none.
    var account: HardenedSystem.Account?
    let loop: EventLoop

    init(_ place: HardenedSystem.Place, _ system: HardenedSystem, _ loop: EventLoop) {
        self.place = place
        self.loop = loop
        authority = system.authority
        (identity, account) = (system.identity, system.management)
    }

    /// The same without a certificate.
    var withoutCertificate: WebTrial {
        var trial = self
        trial.identity = nil
        return trial
    }

    /// The same with another password, or none.
    func with(password: Secret?) -> WebTrial {
        var trial = self
        trial.account = password.map { .init(account?.name ?? "", $0) }
        return trial
    }

    /// Asks; every answer but a refusal lets in.
    func ask(_ method: HTTPMethod, _ path: String, _ body: String? = nil) async -> Attempt {
        do {
            guard let origin = HTTPOrigin(.https, host: place.host, port: place.port), let target = HTTPTarget(path)
            else { return .unanswered("\(place.host) is no address") }
            var request = HTTPRequest(method, target)
            if let body {
                request.body = Array(body.utf8)
                request.headers["Content-Type"] = "application/json"
            }
            if let account {
                let credentials = Array("\(account.name):\(account.password.reveal())".utf8)
                request.headers["Authorization"] = "Basic \(Base64.text(credentials))"
            }
            let response = try await client().send(request, to: origin, within: HardenedSystem.limit)
            let isRefusal = response.status.code == 401 || response.status.code == 403
            return isRefusal ? .refused("status \(response.status.code)") : .admitted
        } catch {
            let error = ParlorError(describing: error)
            return error.code == .timeout ? .unanswered(error.summary) : .refused(error.summary)
        }
    }

    private func client() throws -> HTTPClient {
        let tls = try TLSClient(TLSClientOptions(authorities: .file(authority), identity: identity))
        var options = HTTPClientOptions()
        options.connectLimit = HardenedSystem.limit
        options.connections = .withoutReuse
        options.secure = { socket, host in
            try await tls.connect(over: socket, host: host, within: HardenedSystem.limit)
        }
        return HTTPClient(on: loop, options)
    }
}
