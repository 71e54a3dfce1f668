// What a series of measurements says: statistics, metric math, alarms by behaviour.
//
// Everything here is pure: seconds are arguments, nothing waits, locks, or reads a clock or a file.
//
// Reading order for a newcomer: Recording/Recording.swift (a data point, and who can give one),
// Recording/RequestRecorder.swift (what the gateway records at), MetricMath/MetricMath.swift (sums over metrics),
// Alarms/AlarmEvaluator.swift (CloudWatch's rules), Alarms/AlarmJudge.swift (what an alarm does when something breaks).
