/// The version of Parlor.
package enum Version {
    /// What `parlor --version` prints.
    package static let current = "0.1.0"
}
