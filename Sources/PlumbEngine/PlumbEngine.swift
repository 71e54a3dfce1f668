// PlumbEngine
