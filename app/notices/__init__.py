"""What goes out by itself: reminders by e-mail. Never a decision, never a secret."""
