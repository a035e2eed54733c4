import Basics

/// What is to be done in a database, by what stands in it.
enum SeedDecision: Equatable {
    /// Everything is there already.
    case nothing
    /// Begin; first remove what an end that came too early has left.
    case begin(removesRest: Bool)
    /// The seed is there in another size, or with another end.
    case refuseOther(SeedMark)
    /// Salons are there that no seed has made.
    case refuseForeign(Int)

    /// Decides. `mark` is that of the seed's number, `foreign` counts the salons that no seed has made.
    init(_ request: SeedRequest, mark: SeedMark?, foreign: Int, allowsForeign: Bool) {
        if let mark {
            // What is not complete is nobody's, whatever was wanted then.
            guard mark.isComplete else {
                self = .begin(removesRest: true)
                return
            }
            self = mark == SeedMark(request, isComplete: true) ? .nothing : .refuseOther(mark)
        } else if foreign > 0, !allowsForeign {
            self = .refuseForeign(foreign)
        } else {
            self = .begin(removesRest: false)
        }
    }

    /// What a person is told when nothing may be done.
    var refusal: ParlorError? {
        switch self {
        case .nothing, .begin: nil
        case .refuseOther(let mark):
            ParlorError(
                .notConfirmed, "seed \(mark.number) is in the database already",
                why: "it has size \(mark.size) and ends on \(mark.until)",
                hint: "Run \"./parlor seed --remove --seed \(mark.number)\" first, or use another number.")
        case .refuseForeign(let count):
            ParlorError(
                .notConfirmed, "nothing was seeded",
                why: "the database has \(count) \(count == 1 ? "salon" : "salons") that no seed has made",
                hint: "Add --yes if seeded salons may stand beside them.")
        }
    }
}
