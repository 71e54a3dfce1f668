// PlumbEngineTests
