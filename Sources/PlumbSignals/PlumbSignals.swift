// PlumbSignals
