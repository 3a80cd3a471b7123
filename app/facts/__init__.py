"""The facts file: its shapes, loading it, reading facts out again, the demonstration. Never a rule about papers."""
