import Basics
import Loop
import Testing

@testable import Redis

@Suite struct WordsTests {
    @Test(
        "A server's error is known by its first word",
        arguments: [
            ("WRONGTYPE Operation against a key", RedisErrorCode.wrongType, false), ("NOSCRIPT No", .noScript, false),
            ("LOADING Redis is loading", .loading, true), ("MOVED 3999 127.0.0.1:6381", .moved, false),
            ("OOM command not allowed", .outOfMemory, true), ("READONLY You can't write", .readOnly, true),
            ("ERR unknown command 'Ada'", .err, false), ("Ada said no", .err, false), ("", .err, false),
        ])
    func codes(sentence: String, code: RedisErrorCode, isTransient: Bool) {
        #expect(RedisReplyError(sentence).code == code)
        #expect(RedisError.answered(RedisReplyError(sentence), to: "GET").isTransient == isTransient)
    }

    @Test("The description of an error says the command and the code; the server's sentence is for debugging only")
    func safe() {
        let error = RedisError.answered(RedisReplyError("WRONGTYPE of salon:ada:phone"), to: "LPUSH")
        #expect(
            error.description == """
                Redis answered LPUSH with WRONGTYPE
                HINT: Check what the key holds; another part may use the same name.
                """)
        #expect(error.debugDescription.contains("salon:ada:phone"))
        let odd = RedisError.answered(RedisReplyError("ADA x"), to: "EVALSHA")
        #expect(odd.description == "Redis answered EVALSHA with a code of a script or a module")
        #expect("\(RedisValue.array([.error(RedisReplyError("ADA x")), .bytes([1])]))" == "an array of 2")
        #expect("\(RedisCommand("SET", "ada", "x"))" == "SET")
        #expect(!String(reflecting: RedisCommand("SET", "ada", "secret")).contains("secret"))
    }

    @Test("Options never show the password")
    func options() {
        let options = RedisOptions(.path("/run/redis"), user: "ada", password: Secret("hidden"), database: 3)
        for text in ["\(options)", String(reflecting: options)] { #expect(text == "/run/redis/3") }
        var text = ""
        dump(options, to: &text)
        #expect(!text.contains("hidden"))
    }

    @Test(
        "Another machine is refused unless its network is trusted, and so are options that cannot be",
        arguments: [
            (RedisOptions(.tcp(host: "10.0.0.7", port: 6379)), "Redis at 10.0.0.7:6379 is on another machine"),
            (RedisOptions(.path("/x"), database: -1), "-1 is no database of Redis"),
            (RedisOptions(.path("/x"), clientName: "a b"), "the client's name holds a space or something unprintable"),
            (RedisOptions(.path("/x"), waitingMax: 0), "a limit of the connection to Redis is not above zero"),
        ])
    func objections(options: RedisOptions, expected: String) {
        #expect(options.objection()?.explained.what == expected)
    }

    @Test("This machine needs no encryption, and a network may be trusted")
    func accepted() {
        for host in ["127.0.0.1", "127.8.8.8", "localhost", "::1"] {
            #expect(RedisOptions(.tcp(host: host, port: 1)).objection() == nil)
        }
        #expect(RedisOptions(.tcp(host: "10.0.0.7", port: 1), acceptsPlaintext: true).objection() == nil)
    }

    @Test(
        "A command that would change a shared connection is refused with what to do instead",
        arguments: [
            RedisCommand("select", 3), RedisCommand("MULTI"), RedisCommand("WATCH", "a"),
            RedisCommand("SUBSCRIBE", "a"),
            RedisCommand("CLIENT", "reply", "OFF"), RedisCommand("HELLO", 3), RedisCommand("QUIT"),
            RedisCommand("MONITOR"),
        ])
    func session(command: RedisCommand) {
        let error = #expect(throws: RedisError.self) { try command.check() }
        #expect(error?.kind == .unusable && error?.explained.hint != nil)
    }

    @Test("A name that is none is refused", arguments: ["", "GET a", "SET\r\n", "ÄH"])
    func names(name: String) { #expect(throws: RedisError.self) { try RedisCommand(name).check() } }

    @Test("A command travels with the length of each argument, whatever is in it")
    func encoding() {
        let command = RedisCommand("set", "a\r\n", [0, 255] as [UInt8], 7)
        #expect(
            command.encoded == Array("*4\r\n$3\r\nSET\r\n$3\r\na\r\n\r\n$2\r\n".utf8) + [0, 255]
                + Array("\r\n$1\r\n7\r\n".utf8))
    }

    @Test(
        "A script is known by its SHA-1",
        arguments: [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (String(repeating: "a", count: 55), "c1c8bbdc22796e28c0e15163d20899b65621d65a"),
            (String(repeating: "a", count: 56), "c2db330f6083854c99d4b5bfb6e8f29f201be699"),
            (String(repeating: "a", count: 64), "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
            (String(repeating: "a", count: 1000), "291e9a6c66994949b57ba5e650361e98fc36b1ba"),
        ])
    func sha(source: String, expected: String) { #expect(RedisScript(source).sha == expected) }
}
