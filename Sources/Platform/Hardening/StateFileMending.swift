package import Basics
import Glibc

/// Takes from others what they can do with the files of a state folder. What they have read already stays read.
package enum StateFileMending {
    /// Does it, and names the files that it changed.
    package static func run(in folder: String, owner: UInt32) throws(ParlorError) -> [String] {
        var mended: [String] = []
        for (path, status) in try StateFiles(in: folder) where status.kind != .link && status.owner == owner {
            let allowed = StateFiles.allowed(path)
            guard status.mode & 0o7777 & ~allowed != 0 else { continue }
            guard chmod(path, status.mode & allowed) == 0 else {
                throw ParlorError(
                    .file, "the mode of \(path) cannot be changed", why: errnoMeaning(errno),
                    hint: "Run \"chmod \(String(status.mode & allowed, radix: 8)) \(path)\" as its owner.")
            }
            mended.append(path)
        }
        return mended
    }
}
