package config

import (
	"fmt"
	"io"
	"log/slog"
)

// hidden is what is seen of every secret, the empty one too.
const hidden = "[secret]"

// A Secret is a text that does not show itself: however it is formatted,
// logged or encoded, it reads "[secret]". Only in an unexported field of a
// struct of others package fmt cannot be kept from showing it.
type Secret string

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String implements fmt.Stringer.
func (Secret) String() string { return hidden }

// GoString implements fmt.GoStringer.
func (Secret) GoString() string { return hidden }

// Format implements fmt.Formatter. Without it the verbs that are wrong for a
// text, such as %d, would show the secret.
func (Secret) Format(f fmt.State, _ rune) { io.WriteString(f, hidden) }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText implements encoding.TextMarshaler, which JSON and YAML use.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
