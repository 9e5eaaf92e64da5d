package application

import "time"

// A Clock tells the time. Only the composition root reads the machine's.
type Clock func() time.Time
