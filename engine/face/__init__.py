"""The parts of the engine's face, which `engine.api.Engine` puts together: a mixin for each thing one does."""
