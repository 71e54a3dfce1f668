// PlumbStoreTests
