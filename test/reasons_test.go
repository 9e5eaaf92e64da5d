package test

import (
	"go/ast"
	"regexp"
	"strconv"
	"testing"
)

// The reason of a refusal is what logs and metrics know it by: it is a code, and
// nothing that a client has sent.
func TestEveryRefusalHasAReasonThatIsACode(t *testing.T) {
	code := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	refusals := 0
	eachFile(t, func(name string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 3 || !isRefuse(call.Fun) {
				return true
			}
			refusals++
			reason := call.Args[1]
			if sum, ok := reason.(*ast.BinaryExpr); ok {
				reason = sum.X
			}
			switch reason := reason.(type) {
			case *ast.BasicLit:
				if text, err := strconv.Unquote(reason.Value); err != nil || !code.MatchString(text) {
					t.Errorf("%s: the reason %s is no code", name, reason.Value)
				}
			case *ast.Ident: // a parameter of a function that refuses for others
			default:
				t.Errorf("%s: a reason is made of what is not known here", name)
			}
			return true
		})
	})
	if refusals < 60 {
		t.Errorf("only %d refusals were found", refusals)
	}
}

func isRefuse(function ast.Expr) bool {
	switch f := function.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name == "Refuse"
	case *ast.Ident:
		return f.Name == "Refuse"
	}
	return false
}
