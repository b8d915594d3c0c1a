import Documents
import KubernetesObjects
import Testing

@testable import KubernetesClient

private let morning = Timestamp(seconds: 1_700_000_000)

private func record(
    _ holder: String, seconds: Int = 15, renewed: Int64 = 0, transitions: Int = 0
) -> LeaseRecord {
    let time = morning.advanced(bySeconds: Int(renewed)).rfc3339Micro
    return LeaseRecord(
        holder: holder, durationSeconds: seconds, acquireTime: time, renewTime: time,
        transitions: transitions)
}

/// An election of "me" that has gone through `outcomes`, each at its second.
private func election(_ outcomes: (Int, LeaderElection.Outcome)...) -> LeaderElection {
    var election = LeaderElection(.init(identity: "me"))
    for (second, outcome) in outcomes {
        election.take(
            outcome, at: .seconds(second), time: morning.advanced(bySeconds: second))
    }
    return election
}

struct `A candidate` {
    @Test func `creates the lease where there is none`() {
        let election = election((0, .absent))
        #expect(election.act == .create(record("me")))
        #expect(!election.leads(at: .zero))
    }

    @Test func `takes its time where there is no place for a lease`() {
        #expect(election((0, .absent), (0, .absent)).act == .wait(.seconds(2)))
        #expect(election((0, .absent), (0, .absent), (2, .waited)).act == .read)
    }

    @Test func `leads from the confirmation, counted from what it sent`() {
        let election = election((0, .absent), (3, .lease(record("me"), resourceVersion: "1")))
        #expect(election.leads(at: .seconds(3)))
        #expect(election.leadsUntil == .seconds(10))
        #expect(election.act == .wait(.zero))
    }

    @Test func `does not lead by a confirmation that comes too late`() {
        let election = election((0, .absent), (10, .lease(record("me"), resourceVersion: "1")))
        #expect(election.leadsUntil == nil)
    }

    @Test
    func `waits for as long as the record has not changed here, whatever the times in it say`() {
        let old = LeaderElection.Outcome.lease(record("it", renewed: -86_400), resourceVersion: "7")
        let waiting = election((0, old), (2, .waited), (14, old))
        #expect(waiting.act == .wait(.seconds(1)))
        let taking = election((0, old), (2, .waited), (15, old))
        let taken = LeaseRecord(
            holder: "me", durationSeconds: 15,
            acquireTime: morning.advanced(bySeconds: 15).rfc3339Micro,
            renewTime: morning.advanced(bySeconds: 15).rfc3339Micro, transitions: 1)
        #expect(taking.act == .write(taken, resourceVersion: "7"))
    }

    @Test(arguments: [-3_600, 3_600])
    func `waits as long where its own wall clock is set`(jump: Int) {
        let held = LeaderElection.Outcome.lease(record("it"), resourceVersion: "7")
        var election = election((0, held))
        let time = morning.advanced(bySeconds: jump)
        election.take(.waited, at: .seconds(2), time: time)
        election.take(held, at: .seconds(14), time: time)
        #expect(election.act == .wait(.seconds(1)))
        election.take(.waited, at: .seconds(15), time: time)
        election.take(held, at: .seconds(15), time: time)
        guard case .write = election.act else {
            Issue.record("it waits for its wall clock")
            return
        }
    }

    @Test func `starts to count anew with every sign of life`() {
        let waiting = election(
            (0, .lease(record("it"), resourceVersion: "7")), (2, .waited),
            (14, .lease(record("it", renewed: 1), resourceVersion: "8")), (16, .waited),
            (28, .lease(record("it", renewed: 1), resourceVersion: "9")))
        #expect(waiting.act == .wait(.seconds(1)))
    }

    @Test func `takes a lease that was given back at once`() {
        let election = election((0, .lease(record("", transitions: 4), resourceVersion: "7")))
        guard case .write(let taken, "7") = election.act else {
            Issue.record("unexpected: \(election.act)")
            return
        }
        #expect(taken.holder == "me")
        #expect(taken.transitions == 5)
    }

    @Test(arguments: [(60, 60), (86_400, 600), (0, 15)])
    func `is as patient as the holder asks, within bounds`(asked: Int, seconds: Int) {
        let held = LeaderElection.Outcome.lease(record("it", seconds: asked), resourceVersion: "7")
        #expect(election((0, held), (2, .waited), (seconds - 1, held)).act == .wait(.seconds(1)))
        guard case .write = election((0, held), (2, .waited), (seconds, held)).act else {
            Issue.record("it waits for ever")
            return
        }
    }

    @Test func `leaves a holder its time also where somebody has deleted the lease`() {
        let held = LeaderElection.Outcome.lease(record("it"), resourceVersion: "7")
        #expect(election((0, held), (2, .waited), (14, .absent)).act == .wait(.seconds(1)))
        guard case .create = election((0, held), (2, .waited), (15, .absent)).act else {
            Issue.record("nobody leads")
            return
        }
    }

    @Test func `that was beaten waits for its next try`() {
        let free = LeaderElection.Outcome.lease(record(""), resourceVersion: "7")
        #expect(election((0, free), (1, .conflict)).act == .wait(.seconds(2)))
    }
}

struct `A leader by lease` {
    private let led: [(Int, LeaderElection.Outcome)] = [
        (0, .absent), (0, .lease(record("me"), resourceVersion: "1")),
    ]

    private func leader(_ outcomes: (Int, LeaderElection.Outcome)...) -> LeaderElection {
        var election = LeaderElection(.init(identity: "me"))
        for (second, outcome) in led + outcomes {
            election.take(
                outcome, at: .seconds(second), time: morning.advanced(bySeconds: second))
        }
        return election
    }

    @Test func `renews every two seconds`() {
        let renewing = leader((2, .waited))
        guard case .write(let record, "1") = renewing.act else {
            Issue.record("unexpected: \(renewing.act)")
            return
        }
        #expect(record.acquireTime == morning.rfc3339Micro)
        #expect(record.renewTime == morning.advanced(bySeconds: 2).rfc3339Micro)
        let renewed = leader((2, .waited), (3, .lease(record, resourceVersion: "2")))
        #expect(renewed.leadsUntil == .seconds(12))
        #expect(renewed.act == .wait(.seconds(1)))
    }

    @Test func `gives another sign of life also with a clock that stands still`() {
        var election = leader()
        election.take(.waited, at: .seconds(2), time: morning)
        guard case .write(let record, _) = election.act else {
            Issue.record("unexpected: \(election.act)")
            return
        }
        #expect(record.renewTime == morning.advanced(byMilliseconds: 1).rfc3339Micro)
    }

    @Test(arguments: [-3_600, 3_600])
    func `leads as long, and shows it, where its wall clock is set`(jump: Int) throws {
        var election = leader()
        let time = morning.advanced(bySeconds: jump)
        election.take(.waited, at: .seconds(2), time: time)
        guard case .write(let renewed, _) = election.act else {
            Issue.record("unexpected: \(election.act)")
            return
        }
        let shown = try #require(renewed.renewTime.flatMap(Timestamp.init(rfc3339:)))
        #expect(shown > morning)
        #expect(election.leadsUntil == .seconds(10))
        election.take(.lease(renewed, resourceVersion: "2"), at: .seconds(3), time: time)
        #expect(election.leadsUntil == .seconds(12))
    }

    /// Holds: 7.4 lease.
    @Test func `stops ten seconds after the last renewal that worked`() {
        let failing = leader((2, .waited), (5, .failed), (7, .waited), (9, .failed))
        #expect(failing.leads(at: .milliseconds(9_999)))
        #expect(!failing.leads(at: .seconds(10)))
    }

    @Test func `stops at once when it reads another holder`() {
        let taken = LeaderElection.Outcome.lease(record("it"), resourceVersion: "9")
        let deposed = leader((2, .waited), (2, .conflict), (3, taken))
        #expect(deposed.leadsUntil == nil)
        #expect(deposed.act == .wait(.seconds(2)))
    }

    @Test func `goes on after somebody has only labelled the lease`() {
        let labelled = LeaderElection.Outcome.lease(record("me"), resourceVersion: "2")
        let leader = leader((2, .waited), (2, .conflict), (3, labelled))
        #expect(leader.leads(at: .seconds(3)))
        guard case .write(_, "2") = leader.act else {
            Issue.record("unexpected: \(leader.act)")
            return
        }
    }

    @Test func `gives back what is its own, and leads no more`() {
        var own = leader()
        guard case .write(let record, "1") = own.release(time: morning) else {
            Issue.record("it keeps the lease")
            return
        }
        #expect(record.holder == "")
        #expect(record.durationSeconds == 1)
        #expect(!own.leads(at: .zero))
        let other = LeaderElection.Outcome.lease(self.other, resourceVersion: "9")
        var deposed = leader((2, .waited), (2, .conflict), (3, other))
        #expect(deposed.release(time: morning) == nil)
    }

    private let other = record("it")
}

struct `A lease record` {
    @Test func `is written as it was read`() throws {
        let text = """
            {"holderIdentity":"pod_1","leaseDurationSeconds":15,\
            "acquireTime":"2026-01-02T03:04:05.123456Z","renewTime":"2026-01-02T03:04:07.654321Z",\
            "leaseTransitions":3}
            """
        let spec = try JSON(parsing: text)
        #expect(LeaseRecord(Object(["spec": spec])).spec == spec)
    }

    @Test func `of an empty lease has no holder`() {
        #expect(LeaseRecord(Object(["spec": .null])).holder == "")
    }
}
