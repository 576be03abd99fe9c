"""The messages of gateway.proto, generated when the package is built."""
