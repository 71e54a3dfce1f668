// PlumbFormatsTests
