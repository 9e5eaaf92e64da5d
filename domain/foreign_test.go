package domain_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestAnImportedTokenOpensTheIDOfItsSession(t *testing.T) {
	id := domain.NewSessionID()
	imported := domain.ImportToken(domain.AccessToken, "syt_a", id)
	if got := imported.SessionID(domain.AccessToken, "syt_a"); got != id || imported.Session != id.Hash() {
		t.Errorf("got %q, want %q", got, id)
	}
	for _, got := range []domain.SessionID{
		imported.SessionID(domain.RefreshToken, "syt_a"), imported.SessionID(domain.AccessToken, "syt_b"), domain.SessionID(imported.Sealed[:]),
	} {
		if got.Hash() == id.Hash() {
			t.Errorf("%q opens the session, too", got)
		}
	}
}

func TestTokensOfAnotherServerDoNotLookLikeOurs(t *testing.T) {
	for token, want := range map[string]bool{
		"syt_YWxpY2U_abc_123": true, "MDAxabc": true, "x": true, "dw": true, "dwelling": true,
		"": false, "dwa_": false, "dwr_x": false, "dwz_x": false, string(make([]byte, 1025)): false,
	} {
		if got := domain.IsForeign(token); got != want {
			t.Errorf("%.20q: %v", token, got)
		}
	}
}

func TestASessionOfAnotherServerIsTakenOver(t *testing.T) {
	at := time.UnixMilli(1600000000000).UTC()
	session, tokens := domain.ForeignSession{
		Access: "a", AccessExpires: at.Add(time.Hour), Refresh: "r", RefreshExpires: at.Add(3 * time.Hour),
		PreviousRefresh: "p", PreviousRefreshExpires: at.Add(time.Minute), Replaced: []string{"older"}, Ends: at.Add(2 * time.Hour),
	}.TakeOver()
	want := domain.Session{
		ID: session.ID,
		Pair: domain.Pair{
			Access: domain.Token("a").Hash(), AccessExpires: at.Add(time.Hour),
			Refresh: domain.Token("r").Hash(), RefreshExpires: at.Add(2 * time.Hour),
		},
		PreviousRefresh: domain.Token("p").Hash(), PreviousRefreshExpires: at.Add(time.Minute), Ends: at.Add(2 * time.Hour),
	}
	if diff := cmp.Diff(want, session); diff != "" {
		t.Error(diff)
	}
	kinds := map[string]domain.TokenKind{"a": domain.AccessToken, "r": domain.RefreshToken, "p": domain.RefreshToken, "older": domain.AccessToken}
	if len(tokens) != len(kinds) {
		t.Fatalf("got %d tokens", len(tokens))
	}
	found := map[domain.TokenHash]domain.ImportedToken{}
	for _, imported := range tokens {
		found[imported.Hash] = imported
	}
	for token, kind := range kinds {
		if found[domain.Token(token).Hash()].SessionID(kind, token).Hash() != session.ID {
			t.Errorf("%s does not open the session", token)
		}
	}
}

// Without a refresh token before, there is nothing that a first use would end.
func TestASessionThatWasNeverRefreshedIsConfirmed(t *testing.T) {
	if s, _ := (domain.ForeignSession{Access: "a"}).TakeOver(); !s.Confirmed || s.Refresh != (domain.TokenHash{}) {
		t.Errorf("got %+v", s)
	}
	if s, tokens := (domain.ForeignSession{}).TakeOver(); s != (domain.Session{}) || tokens != nil {
		t.Errorf("of nothing: %+v, %v", s, tokens)
	}
}

func TestCountsAreAddedUp(t *testing.T) {
	a := domain.ImportCounts{1, 2, 3, 4, 5, 6, 7, map[domain.LeftOut]int{domain.LeftUserThere: 1}}
	b := domain.ImportCounts{10, 20, 30, 40, 50, 60, 70, map[domain.LeftOut]int{domain.LeftUserThere: 1, domain.LeftUserDiffers: 2}}
	want := domain.ImportCounts{11, 22, 33, 44, 55, 66, 77, map[domain.LeftOut]int{domain.LeftUserThere: 2, domain.LeftUserDiffers: 2}}
	if diff := cmp.Diff(want, a.Plus(b)); diff != "" || a.Left[domain.LeftUserThere] != 1 {
		t.Error(diff, a)
	}
}
