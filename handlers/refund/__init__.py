"""The verbs of refunds and compensation (退款与赔偿)."""
