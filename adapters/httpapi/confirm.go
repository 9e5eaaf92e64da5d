package httpapi

import (
	"maps"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

// A challengeResponse asks a client to confirm a request (Matrix specification,
// client-server API, "User-Interactive API in the REST API").
type challengeResponse struct {
	Session   domain.Token   `json:"session"`
	Flows     []flowResponse `json:"flows"`
	Params    map[string]any `json:"params"`
	Completed []string       `json:"completed"`
	// Errcode and Error say why the stage that was tried is not completed.
	Errcode string `json:"errcode,omitempty"`
	Error   string `json:"error,omitempty"`
}

type flowResponse struct {
	Stages []string `json:"stages"`
}

func challengeOf(c *domain.Challenge) challengeResponse {
	answer := challengeResponse{Session: c.Session, Params: c.Params, Completed: append([]string{}, c.Completed...)}
	for _, flow := range c.Flows {
		answer.Flows = append(answer.Flows, flowResponse{flow})
	}
	if c.Cause != nil {
		cause := answerTo(c.Cause)
		answer.Errcode, answer.Error = cause.errcode, cause.text
	}
	return answer
}

// confirmation takes "auth" out of the body of a request that is to be
// confirmed. What is left are the request's own parameters, which the handler adds.
func (a *API) confirmation(x *exchange, operation string, body map[string]any) (req application.Confirmation, err error) {
	auth, err := take[map[string]any](body, "auth", "an object")
	if err != nil {
		return req, err
	}
	req = application.Confirmation{Operation: operation, User: x.bearer.User.ID, Address: x.address()}
	if auth != nil {
		req.Auth, err = authOf(*auth)
	}
	// Only a type that is on offer may reach the log.
	if err == nil && req.Auth != nil {
		if _, known := a.Login.Types.Verifier(req.Auth.Stage); known {
			x.account.stage = req.Auth.Stage
		}
	}
	return req, err
}

func authOf(fields map[string]any) (*application.Auth, error) {
	auth := &application.Auth{Fields: fields}
	session, err := take[string](fields, "session", "a string")
	if err != nil {
		return nil, err
	}
	stage, err := take[string](fields, "type", "a string")
	if err != nil {
		return nil, err
	}
	if auth.Token, err = take[string](fields, "token", "a string"); err != nil {
		return nil, err
	}
	if session != nil {
		auth.Session = *session
	}
	if stage != nil {
		auth.Stage = *stage
	}
	maps.DeleteFunc(fields, func(_ string, value any) bool { return value == nil })
	return auth, nil
}
