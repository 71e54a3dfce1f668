// PlumbTesting
