import Basics
import Configuration
import HTTP
import Loop
import ObjectStorage
import TLS

extension BackupSite {
    /// The bucket of the configuration; nil where there is none.
    func objectStorage(on loop: EventLoop) throws(ParlorError) -> (any ObjectStorage)? {
        let s3 = configuration.backups.s3
        guard let bucket = s3.bucket, let accessKey = s3.accessKey, let secretKey = s3.secretKey else { return nil }
        guard let origin = HTTPOrigin(.https, host: s3.endpoint, port: s3.port) else {
            throw ParlorError(.configuration, "backups.s3.endpoint is no host", hint: "Name the host of the service.")
        }
        let authorities = s3.authority.map { TLSAuthorities.file($0) } ?? .system
        let tls = try TLSClient(TLSClientOptions(authorities: authorities))
        var options = HTTPClientOptions()
        options.retries = S3Storage.retries
        options.secure = { socket, host in try await tls.connect(over: socket, host: host, within: .seconds(10)) }
        return try S3Storage(
            S3Options(
                origin: origin, bucket: bucket, region: s3.region,
                credentials: S3Credentials(accessKey: accessKey, secretKey: secretKey),
                addressing: s3.addressing == .path ? .path : .virtualHost),
            client: HTTPClient(on: loop, options))
    }
}
