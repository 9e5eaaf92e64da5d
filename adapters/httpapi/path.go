package httpapi

import (
	"net/url"

	"github.com/labstack/echo/v4"
)

// pathParam returns a parameter of the path as the client means it: decoded
// once. An empty one makes the path one that nobody serves.
func pathParam(x *exchange, name string) (string, error) {
	value := x.Param(name)
	if x.Request().URL.RawPath != "" {
		// Echo went by the path as it was sent, so that what is encoded divides nothing.
		var err error
		if value, err = url.PathUnescape(value); err != nil {
			return "", echo.ErrNotFound
		}
	}
	if value == "" {
		return "", echo.ErrNotFound
	}
	return value, nil
}
