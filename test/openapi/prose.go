package openapi

import (
	"fmt"
	"strings"
)

// What the text of the specification demands and its schemas do not: "Standard
// error response", "User-Interactive API in the REST API" and "Account locking".

// alongside are the members that an error of a kind must have.
var alongside = map[string]func(body map[string]any) bool{
	"M_USER_LOCKED":             func(body map[string]any) bool { return body["soft_logout"] == true },
	"M_USER_LIMIT_EXCEEDED":     func(body map[string]any) bool { return text(body, "info_uri") != "" },
	"M_RESOURCE_LIMIT_EXCEEDED": func(body map[string]any) bool { return text(body, "admin_contact") != "" },
	"M_LIMIT_EXCEEDED": func(body map[string]any) bool {
		wait, ok := body["retry_after_ms"].(float64)
		return ok && wait > 0 // deprecated, but older clients know nothing else
	},
}

func checkError(body map[string]any) error {
	code := text(body, "errcode")
	if code == "" || text(body, "error") == "" {
		return fmt.Errorf("an error has both errcode and error")
	}
	if strings.ToUpper(code) != code || !strings.HasPrefix(code, "M_") {
		return fmt.Errorf("%q is none of the specification's codes", code)
	}
	if demanded, ok := alongside[code]; ok && !demanded(body) {
		return fmt.Errorf("%s has not all the members that it must have", code)
	}
	if soft, ok := body["soft_logout"]; ok && soft != true && soft != false {
		return fmt.Errorf("soft_logout is %v", soft)
	}
	return nil
}

// checkChallenge wants what clients and the specification's own suites rely on.
// A stage that failed says why, and leaves everything else there.
func checkChallenge(body map[string]any) error {
	if text(body, "session") == "" {
		return fmt.Errorf("a challenge has a session")
	}
	params, ok := body["params"].(map[string]any)
	if !ok {
		return fmt.Errorf("a challenge has params, which may be empty")
	}
	if flows, _ := body["flows"].([]any); len(flows) == 0 {
		return fmt.Errorf("a challenge that nobody can answer")
	}
	if terms, ok := params["m.login.terms"].(map[string]any); ok {
		if err := fits(specification().terms, terms); err != nil {
			return err
		}
	}
	_, hasCode := body["errcode"]
	_, hasText := body["error"]
	if hasCode || hasText {
		return checkError(body)
	}
	return nil
}

func text(body map[string]any, name string) string {
	s, _ := body[name].(string)
	return s
}
