package httpapi

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

type bearerKey struct{}

// RequireUser protects the endpoints of a homeserver that embeds Doorward: the
// handler behind it is called only with the access token of a user who may use
// it, and finds that user with [BearerFrom]. Anybody else gets the standard
// error. Every answer has the headers that browsers want (CORS) and is not
// cached, unless the handler says otherwise. OPTIONS is answered without asking
// the handler. The log gets the errors that are no client's fault.
func RequireUser(auth application.Authenticate, log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			setStandardHeaders(w.Header())
			if r.Method == http.MethodOptions {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			bearer, err := auth.Do(r.Context(), presented(r))
			if err != nil {
				writeError(w, answerTo(err), err)
				logFault(log, r, err)
				return
			}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), bearerKey{}, bearer)))
		})
	}
}

// BearerFrom returns whose request it is, from the context of a request that
// [RequireUser] let pass.
func BearerFrom(ctx context.Context) (domain.Bearer, bool) {
	bearer, ok := ctx.Value(bearerKey{}).(domain.Bearer)
	return bearer, ok
}

func logFault(log *slog.Logger, r *http.Request, err error) {
	if answerTo(err).status >= http.StatusInternalServerError && r.Context().Err() == nil {
		log.LogAttrs(r.Context(), slog.LevelError, "whose request it is could not be found out",
			slog.String("cause", err.Error()))
	}
}
