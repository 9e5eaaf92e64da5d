package strictjson_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/strictjson"
)

func TestWhatIsAcceptedReadsAsWritten(t *testing.T) {
	got, err := strictjson.ParseObject([]byte(" { \"a\" : [1, -0.5e+3, true,false ,null, {}, []], \"é\\u00e9\\ud83d\\ude00\\n\\\"\": \"x\\/y\" } \r\n\t"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"a":                []any{json.Number("1"), json.Number("-0.5e+3"), true, false, nil, map[string]any{}, []any{}},
		"éé\U0001F600\n\"": "x/y",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v, want %#v", got, want)
	}
}

func TestWhatIsRefused(t *testing.T) {
	deep := func(n int) string { return `{"a":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}` }
	for _, c := range []struct {
		name, in string
		want     error
	}{
		{"empty", ``, strictjson.ErrSyntax},
		{"only space", "  \n", strictjson.ErrSyntax},
		{"byte order mark", "\xef\xbb\xbf{}", strictjson.ErrSyntax},
		{"invalid UTF-8 in a value", "{\"a\":\"\xff\"}", strictjson.ErrSyntax},
		{"a surrogate in UTF-8", "{\"a\":\"\xed\xa0\x80\"}", strictjson.ErrSyntax},
		{"NaN", `{"a":NaN}`, strictjson.ErrSyntax},
		{"Infinity", `{"a":-Infinity}`, strictjson.ErrSyntax},
		{"two values", `{}{}`, strictjson.ErrSyntax},
		{"trailing garbage", `{} x`, strictjson.ErrSyntax},
		{"trailing NUL", "{}\x00", strictjson.ErrSyntax},
		{"truncated", `{"a":1`, strictjson.ErrSyntax},
		{"truncated name", `{"a`, strictjson.ErrSyntax},
		{"truncated after an escape", `{"a\n`, strictjson.ErrSyntax},
		{"truncated escape", `{"a\`, strictjson.ErrSyntax},
		{"truncated \\u", `{"a\u00`, strictjson.ErrSyntax},
		{"bad digit in \\u", `{"a\u00gg":1}`, strictjson.ErrSyntax},
		{"bad digit in a second \\u", `{"a\ud83d\uzzzz":1}`, strictjson.ErrSyntax},
		{"unknown escape", `{"\x":1}`, strictjson.ErrSyntax},
		{"raw newline in a string", "{\"a\":\"\n\"}", strictjson.ErrSyntax},
		{"raw newline after an escape", "{\"a\":\"\\t\n\"}", strictjson.ErrSyntax},
		{"trailing comma in an object", `{"a":1,}`, strictjson.ErrSyntax},
		{"trailing comma in a list", `{"a":[1,]}`, strictjson.ErrSyntax},
		{"no colon", `{"a" 1}`, strictjson.ErrSyntax},
		{"no comma", `{"a":1 "b":2}`, strictjson.ErrSyntax},
		{"name without quotes", `{a:1}`, strictjson.ErrSyntax},
		{"single quotes", `{'a':1}`, strictjson.ErrSyntax},
		{"comment", `{/**/}`, strictjson.ErrSyntax},
		{"leading zero", `{"a":01}`, strictjson.ErrSyntax},
		{"plus sign", `{"a":+1}`, strictjson.ErrSyntax},
		{"only a minus", `{"a":-}`, strictjson.ErrSyntax},
		{"no digits after the point", `{"a":1.}`, strictjson.ErrSyntax},
		{"no digits in the exponent", `{"a":1e}`, strictjson.ErrSyntax},
		{"capital true", `{"a":True}`, strictjson.ErrSyntax},
		{"a list", `[]`, strictjson.ErrContent},
		{"a string", `"x"`, strictjson.ErrContent},
		{"null", `null`, strictjson.ErrContent},
		{"duplicate", `{"a":1,"a":1}`, strictjson.ErrContent},
		{"duplicate by escape", `{"a":1,"\u0061":1}`, strictjson.ErrContent},
		{"duplicate deep inside", `{"a":[{"b":1,"b":2}]}`, strictjson.ErrContent},
		{"NUL in a value", `{"a":"\u0000"}`, strictjson.ErrContent},
		{"NUL in a name", `{"\u0000":1}`, strictjson.ErrContent},
		{"lone high surrogate", `{"a":"\ud800"}`, strictjson.ErrContent},
		{"lone low surrogate", `{"a":"\udc00x"}`, strictjson.ErrContent},
		{"two high surrogates", `{"a":"\ud800\ud800"}`, strictjson.ErrContent},
		{"too deep", deep(strictjson.MaxDepth), strictjson.ErrContent},
		{"absurdly deep", `{"a":` + strings.Repeat("[", 1e6), strictjson.ErrContent},
		{"bad syntax after bad content", `{"a":1,"a":2`, strictjson.ErrSyntax},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := strictjson.ParseObject([]byte(c.in)); !errors.Is(err, c.want) {
				t.Errorf("got %v, %v; want %v", got, err, c.want)
			}
		})
	}
	if _, err := strictjson.ParseObject([]byte(deep(strictjson.MaxDepth - 1))); err != nil {
		t.Errorf("nested as deep as allowed: %v", err)
	}
}

func TestNamesAreComparedByteByByte(t *testing.T) {
	got, err := strictjson.ParseObject([]byte(`{"sub":1,"SUB":2,"ſub":3}`))
	if err != nil || len(got) != 3 {
		t.Errorf("got %v, %v; want three members", got, err)
	}
}

// encoding/json accepts more, but what both accept they must read alike, and
// what encoding/json refuses must be refused here.
func FuzzAgreesWithEncodingJSON(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":[1,2.5e-3,"x\u00e9\ud83d\ude00",{"b":null}],"c":true}`, `{"a":1,"a":2}`, `[]`, "{\"a\":\"\xff\"}",
		`{"a":"\ud800"}`, `{"a":01}`, `{"a":1} x`, `{"a":"\u0000"}`, "\xef\xbb\xbf{}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { compare(t, data) })
}

func compare(t *testing.T, data []byte) {
	ours, err := strictjson.ParseObject(data)
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.UseNumber()
	var theirs map[string]any
	theirErr := dec.Decode(&theirs)
	switch {
	case err == nil && (theirErr != nil || dec.More()):
		t.Fatalf("%q is accepted; encoding/json says %v", data, theirErr)
	case err == nil && !reflect.DeepEqual(ours, theirs):
		t.Fatalf("%q reads as %#v; encoding/json says %#v", data, ours, theirs)
	case errors.Is(err, strictjson.ErrSyntax) && json.Valid(data) && strings.ToValidUTF8(string(data), "") == string(data):
		t.Fatalf("%q is valid JSON; got %v", data, err)
	}
}

func TestDamagedTextsAgreeWithEncodingJSON(t *testing.T) {
	text := []byte(`{"iss":"https://a.example/","aud":["x","y"],"exp":1.5e9,"n":-0,"o":{"\ud83d\ude00":null,"t":true,"f":false}}`)
	for range 20000 {
		damaged := append([]byte(nil), text...)
		for range 1 + rand.IntN(3) {
			damaged[rand.IntN(len(damaged))] = `{}[]",:\u0e-+.1ntf x`[rand.IntN(20)]
		}
		compare(t, damaged)
	}
}

func BenchmarkParseObject(b *testing.B) {
	data := []byte(`{"type":"org.matrix.login.jwt","token":"` + strings.Repeat("a", 300) + `","device_id":"ABCDEF","refresh_token":true}`)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := strictjson.ParseObject(data); err != nil {
			b.Fatal(err)
		}
	}
}
