package import Basics
package import TLS

/// The private authority of a cluster and the certificates of its parts, in a folder.
///
/// **Invariants.** What `current` leads to is complete, verified and never changed afterwards: every key fits its
/// certificate, and the authorities there vouch for every part. A change is a new generation in a folder of its own,
/// and one rename of a link makes it current. Generations from the one that every part has read (`confirmLoaded`) up to
/// the current one are kept.
///
/// **What readers see.** A program that opens certificate and key through `current` could open one before the rename
/// and the other after it. Two things keep that from doing harm. A renewal keeps the part's key, so that old and new
/// certificates fit it alike and any mixture works. And where keys change, in a rotation, whoever goes through its steps
/// has each part read after the rename and looks at what it shows then, before the next step. A part that notices a
/// change by the name alone is given the path in its generation's folder (`StoredGeneration.files`).
///
/// **On failure.** Whatever throws, and wherever a kill falls, `current` leads to what it led to before, or to the whole
/// new generation. What an unfinished change left is removed by the next one. Damaged files are an error that names
/// them; they are never replaced silently, because the parts that run may still hold good ones.
package struct CertificateStore: Sendable {
    let layout: StoreLayout
    let policy: CertificatePolicy
    /// Performs a step of a change; tests stop between two of them.
    var perform: @Sendable (FileOperation) throws(ParlorError) -> Void = { operation throws(ParlorError) in
        try operation.perform()
    }

    /// The store in a folder, which is made when it is first needed.
    package init(folder: String, policy: CertificatePolicy = CertificatePolicy()) {
        layout = StoreLayout(folder: folder)
        self.policy = policy
    }

    // MARK: - Reading

    /// The current generation, verified; nil before the first one.
    package func current() throws(ParlorError) -> StoredGeneration? {
        guard let number = try currentNumber() else { return nil }
        let folder = layout.folder(of: number)
        guard try Files.status(folder)?.kind == .folder else { throw lost("\(folder) is missing") }
        return StoredGeneration(number: number, folder: folder, content: try GenerationReader(folder: folder).read())
    }

    private func currentNumber() throws(ParlorError) -> Int? {
        guard let status = try Files.status(layout.current, followLinks: false) else {
            // All that a kill before the first generation was current can have left is a part of that one.
            let numbers = Files.exists(layout.generations) ? try generationNumbers() : []
            guard try loadedNumber() == nil, numbers.allSatisfy({ $0 == 1 }) else {
                throw lost("\(layout.current) is missing")
            }
            return nil
        }
        guard status.kind == .link, let target = Files.target(ofLink: layout.current),
            let number = StoreLayout.number(ofLink: target)
        else { throw lost("\(layout.current) does not lead to a generation of certificates") }
        return number
    }

    private func lost(_ what: String) -> ParlorError {
        ParlorError(
            .stateFolder, what,
            hint: "Restore it from a backup, or lead it to the generation that \(layout.loaded) names: "
                + "\"ln -sfn generations/NUMBER \(layout.current)\".")
    }

    /// Every certificate with the days that are left; empty before the first generation.
    package func expiries(at moment: Timestamp = .now()) throws(ParlorError) -> [CertificateExpiry] {
        try current()?.content.expiries(at: moment) ?? []
    }

    // MARK: - Making and renewing

    /// Makes the authority and the certificates that are missing, and renews those that are in the last third of their
    /// life or do not say what they should; says what was done. A part that is not asked for keeps what it has.
    @discardableResult
    package func ensure(
        _ parts: [CertifiedPart], at moment: Timestamp = .now()
    ) throws(ParlorError) -> [RenewalPlan.Renewal] {
        try CertifiedPart.check(parts)
        return try change { stored throws(ParlorError) in
            var content = if let stored { stored.content } else { try Generation.first(policy, at: moment) }
            let renewals = RenewalPlan(content.identities, for: parts, at: moment).renewals
            let due = Set(renewals.map(\.part))
            try content.issue(parts.filter { due.contains($0.name) }, keepingKeys: true, policy, at: moment)
            return (content, renewals)
        }
    }

    /// Removes the certificates of parts that are no more. Nothing that runs may still use them.
    package func remove(_ parts: Set<String>) throws(ParlorError) {
        try change { stored throws(ParlorError) in
            guard var content = stored?.content else { return (nil, ()) }
            content.identities = content.identities.filter { !parts.contains($0.key) }
            return (content, ())
        }
    }

    // MARK: - Changing

    /// Publishes what `body` makes of the current generation, unless it is the same.
    func change<Result>(
        _ body: (StoredGeneration?) throws(ParlorError) -> (content: Generation?, result: Result)
    ) throws(ParlorError) -> Result {
        try Files.makeFolder(layout.generations)
        let lock = try hold()
        defer { withExtendedLifetime(lock) {} }
        let stored = try current()
        let (content, result) = try body(stored)
        if let content, content != stored?.content { try publish(content, after: stored?.number ?? 0) }
        return result
    }

    private func publish(_ content: Generation, after number: Int) throws(ParlorError) {
        let leftovers = try generationNumbers().filter { $0 > number }
        for operation in layout.publishing(try content.files, as: number + 1, leftovers: leftovers) {
            try perform(operation)
        }
    }

    func generationNumbers() throws(ParlorError) -> [Int] {
        try Files.list(layout.generations).compactMap { StoreLayout.number($0) }
    }

    func hold() throws(ParlorError) -> FileLock {
        if let lock = try FileLock.take(layout.lock) { return lock }
        throw ParlorError(
            .alreadyRunning, "the certificates in \(layout.folder) are being changed", why: "another command does that",
            hint: "Wait until it has ended, then try again.")
    }
}

/// A generation with its place on disk.
package struct StoredGeneration: Equatable, Sendable {
    /// The number, which grows with every change.
    package let number: Int
    /// The folder, in which nothing changes any more.
    package let folder: String
    /// What is in it.
    package let content: Generation

    /// Where a part finds its certificate and key.
    package func files(of part: String) -> TLSIdentity {
        TLSIdentity(chainFile: "\(folder)/\(part).crt", keyFile: "\(folder)/\(part).key")
    }

    /// Where a part finds those whom it believes.
    package var authoritiesFile: String { "\(folder)/ca.crt" }
}
