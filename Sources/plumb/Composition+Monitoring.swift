// What looks at captured traffic: Model Monitor's files read, and the detectors fed.

import PlumbEngine
import PlumbFormats
import PlumbModel
import PlumbSignals

/// The detectors of every revision that is watched.
actor CapturedTrafficMonitor: TrafficMonitor {
    func begin(_ revision: Revision, statistics: [UInt8]?, constraints: [UInt8]?) async {}
    func look(at lines: [UInt8], of endpoint: String, revision: Int, at now: Double) async {}
    func label(_ lines: [UInt8], of endpoint: String, at now: Double) async {}
    func status(of endpoint: String, at now: Double) async -> [MonitoringStatus] { [] }
    func end(_ endpoint: String, revision: Int) async {}
}
