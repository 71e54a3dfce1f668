// PlumbConsole
