import Basics

/// A configuration that was read and found right, with where each of its values came from.
public struct LoadedConfiguration: Equatable, Sendable {
    /// The values.
    public let configuration: Configuration
    /// Where the values came from, by the names of their keys; a key that is not here has its default.
    public let origins: [String: ConfigurationOrigin]
    /// What works and should be known.
    public let warnings: [ConfigurationWarning]
    /// The configuration file as it was named; nil when there is none.
    public let file: String?

    /// The file that is read when none is named, if it is there.
    public static let standardFile = "parlor.yaml"

    /// Reads defaults, file, environment and flags, each over the ones before it.
    ///
    /// The file is `file` (the flag `--config`), else the one that `PARLOR_CONFIG` names, else `standardFile`. Only the
    /// last may be missing. `/dev/null` stands for no file.
    public static func load(
        file: String? = nil, standardFile: String = LoadedConfiguration.standardFile, environment: [String: String],
        overrides: [(key: String, value: String)] = []
    ) throws(ConfigurationFaults) -> LoadedConfiguration {
        let source = ConfigurationSource(flag: file, environment: environment, standard: standardFile)
        let (layer, path) = source.read()
        var loader = ConfigurationLoader()
        loader.apply(layer)
        loader.apply(ConfigurationLayer(specification: environment))
        loader.apply(ConfigurationLayer(environment: environment))
        loader.apply(ConfigurationLayer(overrides: overrides))
        loader.finish()
        guard loader.faults.isEmpty else { throw ConfigurationFaults(faults: loader.faults) }
        return LoadedConfiguration(
            configuration: loader.configuration, origins: loader.origins, warnings: loader.warnings, file: path)
    }

    /// Where the value of a key came from.
    public func origin(of key: String) -> ConfigurationOrigin { origins[key] ?? .standard }
}
