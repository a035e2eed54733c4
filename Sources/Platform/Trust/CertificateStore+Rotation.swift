package import Basics

extension CertificateStore {
    /// How far a rotation has come, from what is on disk.
    package func rotationState() throws(ParlorError) -> RotationPlan.State {
        guard let stored = try current() else { return RotationPlan.State(.settled, isLoaded: true) }
        return RotationPlan.State(stored.content.stage, isLoaded: try loadedNumber() == stored.number)
    }

    /// Performs a step of a rotation that changes what is on disk; `load` is the caller's, who confirms it.
    ///
    /// A step that has been done already changes nothing, except that certificates are issued as often as one asks.
    package func perform(_ step: RotationPlan.Step, at moment: Timestamp = .now()) throws(ParlorError) {
        guard step != .load else { return }
        try change { stored throws(ParlorError) in
            guard let stored else {
                throw ParlorError(
                    .stateFolder, "there are no certificates in \(layout.folder) yet",
                    hint: "Start the cluster once, which makes them.")
            }
            try checkLoaded(stored)
            var content = stored.content
            switch step {
            case .load: break
            case .introduceAuthority: try content.introduceAuthority(policy, at: moment)
            case .issueCertificates: try content.reissue(policy, at: moment)
            case .retireAuthority: content.retireAuthority()
            }
            return (content, ())
        }
    }

    /// A part that has not read a generation may not trust the one after it.
    private func checkLoaded(_ stored: StoredGeneration) throws(ParlorError) {
        guard try loadedNumber() == stored.number else {
            throw ParlorError(
                .stateFolder, "the certificates cannot be changed further",
                why: "not every part has read those of generation \(stored.number)",
                hint: "Start the cluster, and try again when all parts are ready.")
        }
    }

    // MARK: - What parts have read

    /// The newest generation that every part has read; nil when there is none.
    package func loadedNumber() throws(ParlorError) -> Int? {
        guard Files.exists(layout.loaded) else { return nil }
        let text = try Files.readText(layout.loaded)
        guard let line = text.split(separator: "\n").first, let number = StoreLayout.number(line) else {
            throw ParlorError(
                .stateFolder, "\(layout.loaded) holds no number of a generation",
                hint: "Remove the file, and restart the cluster.")
        }
        return number
    }

    /// Notes that every part, on every host, has read the generation of that number, and removes those before it,
    /// and what a change that was killed left.
    package func confirmLoaded(_ number: Int) throws(ParlorError) {
        let lock = try hold()
        defer { withExtendedLifetime(lock) {} }
        guard let stored = try current(), number <= stored.number else { return }
        if let known = try loadedNumber(), number < known { return }
        let unused = try generationNumbers().filter { $0 < number || $0 > stored.number }
        for operation in layout.noting(number, removing: unused) {
            try perform(operation)
        }
    }
}
