import Basics

/// The configuration file, and who named it.
struct ConfigurationSource {
    private let path: String
    /// What named the file; nil for the standard one, which may be missing.
    private let namedBy: ConfigurationOrigin?

    init(flag: String?, environment: [String: String], standard: String) {
        if let flag {
            (path, namedBy) = (flag, .flag("--config"))
        } else if let name = environment["PARLOR_CONFIG"], !name.isEmpty {
            (path, namedBy) = (name, .environment("PARLOR_CONFIG"))
        } else {
            (path, namedBy) = (standard, nil)
        }
    }

    /// What the file says, and its path when there is one.
    func read() -> (ConfigurationLayer, path: String?) {
        if path == "/dev/null" { return (ConfigurationLayer(), nil) }
        var layer = ConfigurationLayer()
        do throws(ParlorError) {
            guard let status = try Files.status(path) else {
                if let namedBy {
                    layer.refuse(ConfigurationFault(namedBy, "\(path) does not exist", hint: missingHint))
                }
                return (layer, nil)
            }
            guard status.kind == .file else {
                layer.refuse(ConfigurationFault(namedBy ?? .file(path, nil), "\(path) is not a file"))
                return (layer, path)
            }
            let bytes = try Files.read(path, limit: .megabytes(1))
            return (ConfigurationLayer(yaml: bytes, file: path, mode: status.mode), path)
        } catch {
            layer.refuse(
                ConfigurationFault(
                    namedBy ?? .file(path, nil),
                    "the file cannot be used: \(error.what)"
                        + (error.why.map { " (\($0))" } ?? ""), hint: error.hint))
            return (layer, path)
        }
    }

    private var missingHint: String {
        namedBy == .flag("--config")
            ? "Check the path after --config, or leave the flag out." : "Check the path in PARLOR_CONFIG, or unset it."
    }
}

extension ConfigurationLayer {
    /// Gives up on a source as a whole.
    fileprivate mutating func refuse(_ fault: ConfigurationFault) {
        faults.append(fault)
        isComplete = false
    }
}
