import Redis

/// What Redis has to do in one go.
///
/// A lease is a random token that stands beside a value. Whoever is about to load takes it first, and a value is stored
/// only while that very token stands there. An invalidation deletes both, so a load that began before it, and may have
/// read what was there before the commit, can never be stored. A lease that was lost with Redis's memory forbids too.
enum CacheScripts {
    /// KEYS: value, lease. ARGV: token, milliseconds, whether the value is broken. Returns the value; 1 when the lease
    /// is the caller's; 0 when it is another's.
    static let take = RedisScript(
        """
        if ARGV[3] == '1' then redis.call('DEL', KEYS[1]) end
        local value = redis.pcall('GET', KEYS[1])
        if type(value) == 'string' then return value end
        if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
        return 0
        """)

    /// KEYS: value, lease. ARGV: token, bytes, milliseconds. Returns 1 when the value was stored.
    static let store = RedisScript(
        """
        if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        redis.call('DEL', KEYS[2])
        return 1
        """)

    /// KEYS: lease. ARGV: token. Gives a lease back that was not used.
    static let release = RedisScript(
        """
        if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
        return 1
        """, isSafeToRepeat: true)

    /// KEYS: values and leases in turn. ARGV: milliseconds. Deletes the values, and lets nobody store one for that time;
    /// a server that is full lets nobody store anything anyhow.
    static let hold = RedisScript(
        """
        for i = 1, #KEYS, 2 do
            local held = redis.pcall('SET', KEYS[i + 1], 'held', 'PX', ARGV[1])
            if held.err then redis.call('DEL', KEYS[i + 1]) end
            redis.call('DEL', KEYS[i])
        end
        return 1
        """, isSafeToRepeat: true)
}
