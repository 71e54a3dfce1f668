// PlumbSignalsTests
