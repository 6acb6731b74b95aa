"""Cases that go back."""
