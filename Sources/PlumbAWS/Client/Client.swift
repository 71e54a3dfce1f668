// How a call to AWS travels; only `AWSClient` and the credential chain beneath it talk to AWS.
//
// `AWSClient.call` names a service, an operation and an input. `Wire` writes them as the service's protocol wants them,
// `Endpoint` says where they go, `SigV4` signs them, a `Transport` carries them, `Wire` reads the answer. `Courier`
// does this as often as `RetryMachine` and `RateMachine` allow. What cannot be had becomes a `PlumbError` whose cause
// is an `AWSError`.
//
// There is no generated code: an input or output is an `AWSValue`, with the names that AWS's own API reference uses.
// JSON services need nothing more. Query services take the names of their wire format, which are the reference's (for
// EC2 the singular ones: `Filter`, `VpcEndpointId`). For REST services `RESTBinding` has a line for each operation in
// use.
