// PlumbFormats
