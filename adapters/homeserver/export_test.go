package homeserver

import "time"

// GiveUpAfter makes calls take no longer than that.
func (c *Client) GiveUpAfter(d time.Duration) { c.http.Timeout = d }
