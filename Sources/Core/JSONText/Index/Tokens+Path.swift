extension Tokens {
    /// The way to a token; that to a name is the way to its member.
    func path(to target: Int) -> JSONPath {
        var steps: [JSONPath.Step] = []
        var value = 0
        while value != target, isOpening(value), let (step, inner) = step(from: value, to: target) {
            steps.append(step)
            value = inner
        }
        return JSONPath(steps)
    }

    /// The step into the member or element that has the target inside, and its value.
    private func step(from open: Int, to target: Int) -> (JSONPath.Step, Int)? {
        let isObject = byte(of: open) == UInt8(ascii: "{")
        var (index, token) = (0, open + 1)
        while token < min(link(of: open), target + 1) {
            let value = isObject ? token + 2 : token
            if target < after(value) { return (isObject ? .member(string(of: token)) : .element(index), value) }
            (index, token) = (index + 1, next(after: value))
        }
        return nil
    }

    /// A fault at a token.
    func fault(_ code: JSONFault.Code, _ what: String, at token: Int, inside steps: [JSONPath.Step] = []) -> JSONFault {
        JSONFault(
            code, what, at: JSONPosition(of: offset(of: token), in: bytes),
            path: JSONPath(path(to: token).steps + steps))
    }
}
