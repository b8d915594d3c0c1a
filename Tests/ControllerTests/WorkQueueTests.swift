import Documents
import Testing

@testable import Controller

struct `A queue that keeps time` {
    /// A queue at work on `app`, with a clock that stands still.
    private struct Scene {
        let queue = WorkQueue<String>()
        let clock = SteppedClock()

        func start() async {
            await queue.add("app")
            _ = await queue.take()
        }

        /// The wall clock, which here begins with the other.
        var now: @Sendable () -> Timestamp {
            { [clock] in
                Timestamp(milliseconds: clock.now.sinceStart.components.seconds * 1_000)
                    .advanced(
                        byMilliseconds: clock.now.sinceStart.components.attoseconds
                            / 1_000_000_000_000_000)
            }
        }

        func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

        /// Plays `story` while the queue keeps time, then ends that.
        func play(_ story: (_ sleeps: inout AsyncStream<Duration>.Iterator) async -> Void) async {
            await start()
            await withTaskGroup { group in
                group.addTask { await queue.keepTime(on: clock, now: now) }
                var sleeps = clock.sleeps.makeAsyncIterator()
                await story(&sleeps)
                group.cancelAll()
            }
        }
    }

    @Test func `sleeps until the alarm and then gives the key out`() async {
        let scene = Scene()
        await scene.play { sleeps in
            await scene.queue.done("app", next: scene.at(700))
            #expect(await sleeps.next() == .milliseconds(700))
            scene.clock.advance(by: .milliseconds(700))
            #expect(await scene.queue.take() == "app")
        }
    }

    @Test func `lies down for nothing but an alarm`() async {
        let scene = Scene()
        await scene.play { sleeps in
            // Two looks at a queue without alarms; who polled would be the first to sleep.
            scene.queue.ring()
            scene.queue.ring()
            await scene.queue.done("app", next: scene.at(300))
            #expect(await sleeps.next() == .milliseconds(300))
        }
    }

    @Test func `is woken by an alarm that comes before the others`() async {
        let scene = Scene()
        await scene.play { sleeps in
            await scene.queue.done("app", next: scene.at(900))
            #expect(await sleeps.next() == .milliseconds(900))
            await scene.queue.done("other", next: scene.at(200))
            #expect(await sleeps.next() == .milliseconds(200))
            scene.clock.advance(by: .milliseconds(200))
            #expect(await scene.queue.take() == "other")
        }
    }

    @Test func `sleeps on where a later alarm is set`() async {
        let scene = Scene()
        await scene.play { sleeps in
            await scene.queue.done("app", next: scene.at(200))
            #expect(await sleeps.next() == .milliseconds(200))
            await scene.queue.done("later", next: scene.at(500))
            scene.clock.advance(by: .milliseconds(200))
            #expect(await scene.queue.take() == "app")
            // The next to lie down is for `later`, after `app` was given out.
            #expect(await sleeps.next() == .milliseconds(300))
        }
    }

    @Test func `looks at a wall clock that was set within a second`() async {
        let scene = Scene()
        await scene.play { sleeps in
            await scene.queue.done("app", next: scene.at(900_000))
            #expect(await sleeps.next() == .seconds(1))
        }
    }

    @Test func `keeps its alarms when the wall clock is set back`() async {
        let queue = WorkQueue<String>()
        let (start, back) = (Timestamp(milliseconds: 9_000_000), Timestamp(milliseconds: 5_000_000))
        await queue.add("app")
        #expect(await queue.take() == "app")
        _ = await queue.tick(start)
        await queue.done("app", next: start.advanced(bySeconds: 5))
        #expect(await queue.tick(back) == back.advanced(bySeconds: 5))
        _ = await queue.tick(back.advanced(bySeconds: 5))
        #expect(await queue.depth == 1)
    }

    /// Holds: 4.1 retry after errors.
    @Test func `tries a failure again after its milliseconds`() async {
        let scene = Scene()
        await scene.play { sleeps in
            await scene.queue.failed("app", at: scene.at(0))
            #expect(await sleeps.next() == .milliseconds(1))
            scene.clock.advance(by: .milliseconds(1))
            #expect(await scene.queue.take() == "app")
            await scene.queue.failed("app", at: scene.at(1))
            #expect(await sleeps.next() == .milliseconds(2))
        }
    }

    @Test func `lets its workers go at the end`() async {
        let scene = Scene()
        await withTaskGroup { group in
            group.addTask { await scene.queue.keepTime(on: scene.clock, now: scene.now) }
            group.addTask { #expect(await scene.queue.take() == nil) }
            group.cancelAll()
        }
    }
}

struct `A rollout that nothing happens to` {
    /// Holds: 7.4 resync.
    @Test func `is looked at again when it asked for that, and at each resync`() {
        var settings = ControllerLoop.Settings()
        settings.resyncSeconds = 60
        let now = Timestamp(seconds: 1_000)
        #expect(settings.nextLook(nil, after: now) == Timestamp(seconds: 1_060))
        #expect(settings.nextLook(Timestamp(seconds: 1_030), after: now).seconds == 1_030)
        #expect(settings.nextLook(Timestamp(seconds: 2_000), after: now).seconds == 1_060)
    }
}
