"""What the engine answers: frozen dataclasses of plain values, a module for each noun."""
