// Watching: when to look again, what of it is news, and how news, verdicts and findings are told to other systems.
//
// Reading order: `LookMachine` decides when, `WatchMachine` what is told, `WatchNews` is what it tells. `NewsReport`
// writes news for people and programs, `PrometheusReport` the verdicts as metrics, `SecurityFinding` the failures in
// the words of AWS Security Hub, whose `SecurityLedger` remembers what it was told.
