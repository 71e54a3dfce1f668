// Finds the known word that a writer most likely meant.

/// Guesses at misspelt names.
enum Spelling {
    /// The word of `known` that `word` most likely stands for: the same but for case and separators, a usual other name
    /// for it, its beginning, or one within a third of its letters; nil when none is near.
    static func nearest(to word: String, in known: [String]) -> String? {
        let plain = plainForm(word)
        guard !plain.isEmpty else { return nil }
        if let same = known.first(where: { plainForm($0) == plain }) { return same }
        if let named = (synonyms[plain] ?? []).first(where: known.contains) { return named }
        let begun = known.filter { plain.count >= 3 && plainForm($0).hasPrefix(plain) }
        if begun.count == 1 { return begun[0] }
        let ranked = known.map { ($0, distance(plain, plainForm($0))) }.min { ($0.1, $0.0) < ($1.1, $1.0) }
        guard let (best, edits) = ranked, edits <= max(1, plain.count / 3) else { return nil }
        return best
    }

    /// Edits (insert, delete, replace, swap of neighbours) that turn one text into the other.
    static func distance(_ left: String, _ right: String) -> Int {
        let (a, b) = (Array(left.unicodeScalars.prefix(lettersMax)), Array(right.unicodeScalars.prefix(lettersMax)))
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var edits = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { edits = min(edits, beforeLast[j - 1] + 1) }
                row.append(edits)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }

    /// Longer words are compared by their beginning: the work grows with the square of the length.
    private static let lettersMax = 64

    private static func plainForm(_ word: String) -> String {
        word.lowercased().filter { $0.isLetter || $0.isNumber }
    }

    /// Other names, as used by SageMaker, Kubernetes and people, for the keys of a spec.
    private static let synonyms: [String: [String]] = [
        "autoscaling": ["scaling"], "bake": ["wait"], "baketime": ["wait"], "canarysize": ["canaryPercent"],
        "compliance": ["regimes"], "cost": ["budget"], "count": ["initial"], "date": ["day"],
        "deployment": ["rollout"], "description": ["summary"], "disasterrecovery": ["recovery"], "dr": ["recovery"],
        "enable": ["enabled"], "entrypoint": ["command"], "env": ["environment", "environments"],
        "envs": ["environments"], "error": ["errorRate"], "errors": ["errorRate"], "exceptions": ["waivers"],
        "expiry": ["expires"], "expiration": ["expires"], "gdpr": ["personalData"], "hash": ["digest"],
        "health": ["health", "probe"], "initialinstancecount": ["initial"], "instancecount": ["initial"],
        "instancetype": ["type"], "interval": ["interval", "period"], "latency": ["latencyP99"],
        "limit": ["monthlyUSD", "limits"], "max": ["maximum"], "maxcapacity": ["maximum"], "maxinstances": ["maximum"],
        "min": ["minimum"], "mincapacity": ["minimum"], "mininstances": ["minimum"], "monitoring": ["alarms"],
        "overlays": ["environments"], "p99": ["latencyP99"], "pii": ["personalData"], "qps": ["peakRequestsPerSecond"],
        "quantization": ["optimization"], "replicas": ["initial"], "sampling": ["samplingPercent"],
        "schedule": ["workingHours", "scheduled"], "sha256": ["digest", "sha256"], "stages": ["environments"],
        "target": ["targetPercent"], "title": ["name", "summary"], "tz": ["timezone"], "uri": ["path"],
        "url": ["path"], "window": ["period"],
    ]
}
