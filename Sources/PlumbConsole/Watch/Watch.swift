// A watch that goes on: it looks, keeps what it told, delivers news, and shows the verdicts as metrics.
//
// `WatchDesk` is where all meets: what was told, what waits to be told, what is counted. `LookService` looks,
// `DeliveryService` delivers to one channel, `SecurityService` to Security Hub, `MetricsService` answers Prometheus.
