"""The suite: small stories about what people see, told to the real thing."""
