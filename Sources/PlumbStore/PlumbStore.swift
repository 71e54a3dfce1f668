// PlumbStore
