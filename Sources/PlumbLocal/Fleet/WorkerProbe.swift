// Asks a worker how it is, as SageMaker asks a container: GET /ping within two seconds.

import NIOCore
import NIOPosix

/// One question to one worker.
enum WorkerProbe {
    private static let request = ByteBuffer(string: "GET /ping HTTP/1.1\r\nHost: worker\r\nConnection: close\r\n\r\n")

    /// True when the worker answers 200 in time; false for everything else.
    static func isHealthy(_ address: SocketAddress, timeout: TimeAmount, on loop: any EventLoop) async -> Bool {
        let promise = loop.makePromise(of: Bool.self)
        let timer = loop.scheduleTask(in: timeout) { promise.succeed(false) }
        UpstreamConnection.connect(to: address, on: loop).whenComplete { result in
            switch result {
            case .success(let bound):
                let connection = bound.value
                connection.send(request, receiver: Receiver(promise, connection))
            case .failure: promise.succeed(false)
            }
        }
        let answer = try? await promise.futureResult.get()  // The promise is only ever succeeded.
        timer.cancel()
        return answer ?? false
    }

    /// Keeps itself alive until the answer is there.
    private final class Receiver: UpstreamReceiver {
        private let promise: EventLoopPromise<Bool>
        private var connection: UpstreamConnection?

        init(_ promise: EventLoopPromise<Bool>, _ connection: UpstreamConnection) {
            self.promise = promise
            self.connection = connection
        }

        func upstream(_ result: Result<UpstreamResponse, UpstreamFault>) {
            if case .success(let response) = result {
                promise.succeed(response.status == 200)
            } else {
                promise.succeed(false)
            }
            self.connection?.abandon()
            self.connection = nil
        }
    }
}
