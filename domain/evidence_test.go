package domain_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestATracedErrorIsWhatItWas(t *testing.T) {
	if err := domain.Trace(nil, domain.Evidence{Verified: true}, "@a:b"); err != nil {
		t.Errorf("nothing became %v", err)
	}
	evidence := domain.Evidence{Provider: "corp", KeyID: "k", Subject: "a", Verified: true}
	err := fmt.Errorf("wrapped: %w", domain.Trace(domain.Refuse(domain.ErrForbidden, "reason", "Text"), evidence, "@a:b"))
	var refusal *domain.Refusal
	var traced domain.Traced
	switch {
	case !errors.Is(err, domain.ErrForbidden) || !errors.As(err, &refusal) || refusal.Reason != "reason":
		t.Errorf("%v is no refusal any more", err)
	case !errors.As(err, &traced) || traced.Evidence != evidence || traced.User != "@a:b" || traced.Error() != "Text":
		t.Errorf("got %+v", traced)
	}
}
