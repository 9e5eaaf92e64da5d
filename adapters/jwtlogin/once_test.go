package jwtlogin_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/domain"
)

// once is for tokens that are good once.
func once(p *jwtlogin.Provider) { p.SingleUse, p.MaxLifetime = true, time.Hour }

func ending(p *jwtlogin.Provider) { p.SessionEndsWithToken = true }

const usedText = failed + "invalid_claim: Invalid claim 'jti'"

func TestATokenForOneUseNamesWhatItUsesUp(t *testing.T) {
	v := newVerifier(t, with(once))
	got, err := verify(v, hs256(`{"sub":"alice","jti":"1","iat":1800000000,"exp":1800000060.0005}`))
	if err != nil {
		t.Fatal(err)
	}
	used := got.Proof.Once
	// Its end, the leeway, and a minute for clocks that differ.
	if used.Key != sha256.Sum256([]byte("jti\x00corp\x001")) || !used.Until.Equal(time.Unix(1800000060+120+60, 0)) {
		t.Errorf("got %x until %v", used.Key, used.Until)
	}
	if !errors.Is(used.Used, domain.ErrForbidden) || used.Used.Error() != usedText {
		t.Errorf("got %v", used.Used)
	}
	if got, err := verify(newVerifier(t, corp()), hs256(`{"sub":"alice","jti":"1"}`)); err != nil || got.Proof != (domain.Proof{}) {
		t.Errorf("without single use: %+v, %v", got.Proof, err)
	}
}

// The same jti of two providers, and of one in other words, is not the same.
func TestWhatIsUsedUpIsTheProvidersOwn(t *testing.T) {
	keys := map[domain.TokenHash]bool{}
	for _, name := range []string{"corp", "corp2"} {
		v := newVerifier(t, with(func(p *jwtlogin.Provider) { once(p); p.Name = name }))
		for _, id := range []string{"1", "2", "21", " 1"} {
			got, err := verify(v, hs256(fmt.Sprintf(`{"sub":"alice","jti":%q,"iat":1800000000,"exp":1800000060}`, id)))
			if err != nil || keys[got.Proof.Once.Key] {
				t.Errorf("%s %s: %v", name, id, err)
			}
			keys[got.Proof.Once.Key] = true
		}
	}
}

func TestTokensForOneUseAreRefusedWithoutWhatThatNeeds(t *testing.T) {
	v := newVerifier(t, with(once))
	for payload, text := range map[string]string{
		`{"sub":"alice","iat":1800000000,"exp":1800000060}`:                                               absent("jti"),
		`{"sub":"alice","jti":null,"iat":1800000000,"exp":1800000060}`:                                    absent("jti"),
		`{"sub":"alice","jti":"1","iat":1800000000}`:                                                      absent("exp"),
		`{"sub":"alice","jti":"1","exp":1800000060}`:                                                      absent("iat"),
		`{"sub":"alice","jti":"","iat":1800000000,"exp":1800000060}`:                                      usedText,
		`{"sub":"alice","jti":1,"iat":1800000000,"exp":1800000060}`:                                       usedText,
		`{"sub":"alice","jti":"` + strings.Repeat("x", 256) + `","iat":1800000000,"exp":1800000060}`:      usedText,
		`{"sub":"alice","jti":"` + strings.Repeat("\u00e9", 128) + `","iat":1800000000,"exp":1800000060}`: usedText,
		`{"sub":"alice","jti":"1","iat":1800000000,"exp":1800003601}`:                                     invalid("exp"),
	} {
		refused(t, v, hs256(payload), text)
	}
	accepted(t, v, hs256(`{"sub":"alice","jti":"`+strings.Repeat("x", 255)+`","iat":1800000000,"exp":1800000060}`))
}

func TestSettingsThatNeedOthersAreRefused(t *testing.T) {
	for name, change := range map[string]func(*jwtlogin.Provider){
		"one use without a lifetime":   func(p *jwtlogin.Provider) { p.SingleUse = true },
		"addresses without their form": func(p *jwtlogin.Provider) { p.EmailClaim = "mail" },
	} {
		if _, err := jwtlogin.New(time.Now, with(change)); err == nil {
			t.Errorf("%s: no fault", name)
		}
	}
}

func TestASessionEndsWithItsToken(t *testing.T) {
	v := newVerifier(t, with(ending))
	for exp, want := range map[string]time.Time{
		"1800000060":        time.Unix(1800000060, 0),
		"1800000001":        time.Unix(1800000001, 0),
		"1800000060.123456": time.UnixMilli(1800000060123),
		"1e300":             time.Unix(253402300799, 0),
	} {
		got, err := verify(v, hs256(`{"sub":"alice","exp":`+exp+`}`))
		if err != nil || !got.SessionEnds.Equal(want) {
			t.Errorf("%s: %v, %v", exp, got.SessionEnds, err)
		}
	}
	refused(t, v, hs256(`{"sub":"alice"}`), absent("exp"))
	// The leeway is for clocks: a session that is over when it begins is none.
	for _, exp := range []string{"1800000000.5", "1800000000", "1799999999"} {
		refused(t, v, hs256(`{"sub":"alice","exp":`+exp+`}`), expired)
		if got, err := verify(newVerifier(t, corp()), hs256(`{"sub":"alice","exp":`+exp+`}`)); err != nil || !got.SessionEnds.IsZero() {
			t.Errorf("without the setting: %+v, %v", got, err)
		}
	}
}
