// Asks a worker how it is, as SageMaker asks a container: GET /ping within two seconds; or to answer the example.

import Foundation
import NIOCore
import NIOPosix

/// One question to one worker, on a connection of its own.
enum WorkerProbe {
    private static let ping = question("/ping")

    static func question(_ path: String) -> ByteBuffer {
        ByteBuffer(string: "GET \(path) HTTP/1.1\r\nHost: worker\r\nConnection: close\r\n\r\n")
    }

    /// True when the worker answers 200 in time; false for everything else.
    static func isHealthy(_ address: SocketAddress, timeout: TimeAmount, on loop: any EventLoop) async -> Bool {
        await ask(ping, address, timeout: timeout, on: loop)?.status == 200
    }

    /// An invocation as a whole HTTP/1.1 request.
    static func invocation(_ body: Data, type: String, path: String = "/invocations") -> ByteBuffer {
        var buffer = ByteBuffer(
            string: "POST \(path) HTTP/1.1\r\nHost: worker\r\nContent-Type: \(type)\r\n"
                + "Content-Length: \(body.count)\r\nConnection: close\r\n\r\n")
        buffer.writeBytes(body)
        return buffer
    }

    /// The worker's whole answer; nil when none comes in time.
    static func ask(
        _ request: ByteBuffer, _ address: SocketAddress, timeout: TimeAmount, on loop: any EventLoop
    ) async -> UpstreamResponse? {
        let promise = loop.makePromise(of: UpstreamResponse?.self)
        let timer = loop.scheduleTask(in: timeout) { promise.succeed(nil) }
        UpstreamConnection.connect(to: address, on: loop).whenComplete { result in
            switch result {
            case .success(let bound):
                let connection = bound.value
                let receiver = Receiver(promise, connection)
                connection.send(request, receiver: receiver)
                // Its time is up: the connection goes, and with it the receiver.
                promise.futureResult.whenComplete { _ in bound.value.abandon() }
            case .failure: promise.succeed(nil)
            }
        }
        let answer = try? await promise.futureResult.get()  // The promise is only ever succeeded.
        timer.cancel()
        return answer ?? nil
    }

    /// Keeps itself alive until the answer is there.
    private final class Receiver: UpstreamReceiver {
        private let promise: EventLoopPromise<UpstreamResponse?>
        private var connection: UpstreamConnection?

        init(_ promise: EventLoopPromise<UpstreamResponse?>, _ connection: UpstreamConnection) {
            self.promise = promise
            self.connection = connection
        }

        func upstream(_ result: Result<UpstreamResponse, UpstreamFault>) {
            if case .success(let response) = result {
                promise.succeed(response)
            } else {
                promise.succeed(nil)
            }
            self.connection = nil
        }
    }
}
