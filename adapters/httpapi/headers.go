package httpapi

import (
	"maps"
	"net/http"

	"github.com/labstack/echo/v4"
)

// standardHeaders are on every answer (Matrix specification, client-server API,
// "Web Browser Clients"). The lists are shared and never changed.
var standardHeaders = http.Header{
	"Access-Control-Allow-Origin":   {"*"},
	"Access-Control-Allow-Methods":  {"GET, POST, PUT, DELETE, OPTIONS"},
	"Access-Control-Allow-Headers":  {"X-Requested-With, Content-Type, Authorization"},
	"Access-Control-Expose-Headers": {"Retry-After, X-Request-Id"},
	"Cache-Control":                 {"no-store"},
	"X-Content-Type-Options":        {"nosniff"},
}

func setStandardHeaders(w http.ResponseWriter) {
	maps.Copy(w.Header(), standardHeaders)
}

// commonHeaders sets the standard headers, and answers OPTIONS on any path
// without asking the endpoint.
func commonHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		setStandardHeaders(c.Response())
		if c.Request().Method == http.MethodOptions {
			return c.NoContent(http.StatusNoContent)
		}
		return next(c)
	}
}
