package strictjson_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/strictjson"
)

func parse(t *testing.T, data string) strictjson.Value {
	t.Helper()
	value, err := strictjson.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestEachValueIsOfOneKind(t *testing.T) {
	object := parse(t, `{"null":null,"true":true,"false":false,"number":-1.50e3,"text":"é\u00e9","list":[],"object":{}}`)
	for name, want := range map[string]any{
		"null": nil, "absent": nil, "true": true, "false": false, "number": json.Number("-1.50e3"), "text": "éé",
		"list": []any{}, "object": map[string]any{},
	} {
		value := object.Get(name)
		if got := value.Any(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v", name, got)
		}
		kinds := map[string]bool{"null": value.IsNull(), "object": value.IsObject()}
		_, kinds["text"] = value.Text()
		_, kinds["number"] = value.Number()
		_, kinds["bool"] = value.Bool()
		kind := name
		switch name {
		case "absent":
			kind = "null"
		case "true", "false":
			kind = "bool"
		}
		for of, is := range kinds {
			if is != (of == kind) {
				t.Errorf("%s: %s is %v", name, of, is)
			}
		}
		if value.IsTrue() != (name == "true") {
			t.Errorf("%s: IsTrue is %v", name, value.IsTrue())
		}
		if present := name != "absent"; object.Has(name) != present {
			t.Errorf("%s: Has is %v", name, !present)
		}
	}
}

func TestMembersAndItemsAreFoundWhateverIsAround(t *testing.T) {
	object := parse(t, `{"a":{"b":[[1,{"c":2}],{"c":[3]},"c"],"c":4},"c":5}`)
	at := func(v strictjson.Value) string {
		var all []string
		for item := range v.Items() {
			all = append(all, fmt.Sprint(item.Any()))
		}
		return strings.Join(all, " ; ")
	}
	for want, value := range map[string]strictjson.Value{
		"5": object.Get("c"), "4": object.Get("a").Get("c"), "[1 map[c:2]] ; map[c:[3]] ; c": object.Get("a").Get("b"),
		"<nil>": object.Get("c").Get("c"), "map[b:[[1 map[c:2]] map[c:[3]] c] c:4]": object.Get("a"),
	} {
		if got := at(value); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if object.Get("a").Get("b").Has("c") || object.Has("") {
		t.Error("what is no member is found")
	}
	for item := range object.Get("a").Get("b").Items() {
		if !item.Get("c").IsNull() {
			t.Errorf("got %v", item.Any())
		}
		break // an iteration may end early
	}
}

func TestANameStandsTwiceHoweverManyThereAre(t *testing.T) {
	for _, count := range []int{1, 15, 16, 17, 40} {
		var members []string
		for i := range count {
			members = append(members, fmt.Sprintf(`"n%d":%d`, i, i))
		}
		text := strings.Join(members, ",")
		object := parse(t, "{"+text+"}")
		for i := range count {
			if got, _ := object.Get(fmt.Sprintf("n%d", i)).Number(); string(got) != fmt.Sprint(i) {
				t.Errorf("%d members: member %d is %s", count, i, got)
			}
			if _, err := strictjson.Parse(fmt.Sprintf(`{%s,"n%d":null}`, text, i)); !errors.Is(err, strictjson.ErrContent) {
				t.Errorf("%d members, and the one of %d again: %v", count, i, err)
			}
		}
	}
}
