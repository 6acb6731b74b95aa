"""Messages (消息) to customers and staff: templates as data, an outgoing row, its state changes."""
