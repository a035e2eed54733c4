// What is due whatever has happened.
extension PoolMachine {
    mutating func expire(_ now: Duration, _ actions: inout [Action]) {
        while let waiter = waiters.first, waiter.since + limits.acquireTimeout <= now {
            waiters.removeFirst()
            counts.timeouts += 1
            actions.append(.refuse(ticket: waiter.ticket, .timeout))
        }
        for number in idle {
            guard let connection = connections[number], case .idle(let since) = connection.phase else { continue }
            if isStopping {
                close(number, &actions)
            } else if connection.expires <= now {
                counts.expired += 1
                close(number, &actions)
            } else if since + limits.idleTime <= now, connections.count > limits.minimum {
                counts.surplus += 1
                close(number, &actions)
            }
        }
        for (number, connection) in connections {
            guard case .lent(let since, false) = connection.phase, since + limits.leakAfter <= now else { continue }
            connections[number]?.phase = .lent(since: since, isReported: true)
            counts.leaks += 1
            actions.append(.report(number, heldFor: now - since))
        }
    }

    mutating func lend(_ now: Duration, _ actions: inout [Action]) {
        while let waiter = waiters.first, let number = idle.popLast(),
            case .idle(let since) = connections[number]?.phase
        {
            // One that has answered at this very moment is not asked again, however short the time is.
            if since + limits.checkAfter <= now, since < now {
                // The waiter stays first until a connection has answered; the others here are older still.
                guard coming < waiters.count else { return idle.append(number) }
                connections[number]?.phase = .checking
                actions.append(.check(number))
                continue
            }
            connections[number]?.phase = .lent(since: now, isReported: false)
            waiters.removeFirst()
            counts.acquired += 1
            counts.waitTotal += now - waiter.since
            actions.append(.lend(number, ticket: waiter.ticket))
        }
    }

    mutating func grow(_ now: Duration, _ actions: inout [Action]) {
        guard isStarted, !isStopping, now >= retryAt else { return }
        while connections.count < limits.maximum, connections.count < limits.minimum || coming < waiters.count {
            // After a failure one attempt at a time is enough to learn more.
            if failures > 0, coming > 0 { return }
            lastNumber += 1
            connections[lastNumber] = Connection(phase: .connecting, expires: .zero)
            actions.append(.connect(lastNumber))
        }
    }

    /// Connections that are being made or asked.
    private var coming: Int { connections.values.count { $0.phase == .connecting || $0.phase == .checking } }

    /// The next moment at which something is due without an event; nil when nothing is.
    var nextWake: Duration? {
        var moments: [Duration] = []
        if let first = waiters.first { moments.append(first.since + limits.acquireTimeout) }
        let mayShrink = connections.count > limits.minimum
        for connection in connections.values {
            switch connection.phase {
            case .idle(let since):
                moments.append(connection.expires)
                if mayShrink { moments.append(since + limits.idleTime) }
            case .lent(let since, false): moments.append(since + limits.leakAfter)
            case .lent, .connecting, .checking: break
            }
        }
        let needsMore = connections.count < limits.minimum || coming < waiters.count
        if isStarted, !isStopping, failures > 0, coming == 0, needsMore, connections.count < limits.maximum {
            moments.append(retryAt)
        }
        return moments.min()
    }
}
