/// What the cache goes by.
package struct CacheOptions: Sendable {
    /// How long Redis may take for one command before the answer is loaded without it.
    package var commandLimit: Duration = .milliseconds(30)
    /// How long a lease lasts: a load that takes longer is not stored.
    package var leaseTime: Duration = .seconds(5)
    /// How long a load of another process is waited for before this one loads too.
    package var patience: Duration = .milliseconds(50)
    /// The time between two looks at what another process loads.
    package var lookInterval: Duration = .milliseconds(5)
    /// How large a value may be that is stored.
    package var valueBytesMax = 1 << 20
    /// How many invalidations are remembered that Redis does not take.
    package var owedMax = 10_000
    /// After how many failures in a row Redis is left alone.
    package var failuresMax = 3
    /// The time until Redis is tried again; each failed try doubles it.
    package var shortestPause: Duration = .milliseconds(500)
    /// The time that is not exceeded.
    package var longestPause: Duration = .seconds(10)
    /// What the random parts of times are drawn from.
    package var seed = UInt64.random(in: .min ... .max)

    /// The defaults.
    package init() {}
}
