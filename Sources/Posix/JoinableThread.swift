import CLinux
import Glibc

/// A thread that its owner waits for, for work that must not block an event loop.
package final class JoinableThread: Sendable {
    private let handle: pthread_t

    /// Starts a thread that runs the body once.
    package init(_ body: @escaping @Sendable () -> Void) {
        let box = unsafe Unmanaged.passRetained(Body(run: body))
        var handle = pthread_t()
        let result = unsafe pthread_create(
            &handle,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            box.toOpaque()
        )
        precondition(result == 0, "the machine gives no thread")
        self.handle = handle
    }

    /// Waits until the body has returned; called once.
    package func join() {
        let result = pthread_join(handle, nil)
        precondition(result == 0, "a thread is joined twice")
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}
