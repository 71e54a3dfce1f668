// Reads the spec, one YAML file an endpoint: what may stand in it, what holds by default, and what is wrong.
//
// Reading order: SpecSchema.swift (the keys), SpecKey.swift and SpecType.swift (what a key is), SpecDefaults.swift
// (what holds where nothing is written), SpecReader.swift (overlays, then reading), SpecRules.swift (contradictions).
