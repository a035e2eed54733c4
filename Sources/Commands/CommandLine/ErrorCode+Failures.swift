import Basics

extension ErrorCode {
    /// Why a command cannot use its configuration or its state folder.
    static let stateFailures: [ErrorCode] = [.configuration, .stateFolder, .stateFolderForeign, .stateFolderNewer]

    /// Why a system does not come up.
    static let startFailures: [ErrorCode] =
        stateFailures + [.diskFull, .portTaken, .engineMissing, .engineUnsupported, .startFailed]
}
