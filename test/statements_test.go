package test

import (
	"go/ast"
	"go/token"
	"slices"
	"testing"
)

// These take SQL from GORM's callers as it is: whatever is in it is executed.
var takesSQL = []string{
	"Raw", "Exec", "Where", "Or", "Not", "Having", "Order", "Group", "Select", "Omit", "Distinct", "Joins", "InnerJoins", "Table", "Pluck",
	"Query", "QueryContext", "QueryRowContext", "ExecContext", "Prepare", "PrepareContext",
}

// What comes from outside reaches a database as a value, never as SQL: the
// text of every statement is written in the program.
func TestStatementsAreWrittenInTheProgram(t *testing.T) {
	found := 0
	constants := map[string]bool{}
	eachFile(t, func(name string, file *ast.File) {
		if name == "adapters/gormstore" {
			noteConstants(file, constants)
		}
	})
	eachFile(t, func(name string, file *ast.File) {
		if name != "adapters/gormstore" {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if declaresStatement(n) {
				t.Errorf("%s: a statement of another type than written", file.Name)
			}
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if isIdent(call.Fun, "written") {
				t.Errorf("%s: something is said to be written in the program", file.Name)
			}
			method, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || !slices.Contains(takesSQL, method.Sel.Name) {
				return true
			}
			args := call.Args
			if len(args) > 0 && isIdent(args[0], "ctx") {
				args = args[1:]
			}
			found++
			if len(args) == 0 || !isWritten(args[0], constants) {
				t.Errorf("%s: %s of something that is not written in the program", file.Name, method.Sel.Name)
			}
			return true
		})
	})
	if found < 10 {
		t.Errorf("only %d statements were found", found)
	}
}

func noteConstants(file *ast.File, constants map[string]bool) {
	for _, declared := range file.Decls {
		if group, ok := declared.(*ast.GenDecl); ok && group.Tok == token.CONST {
			for _, spec := range group.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					constants[name.Name] = true
				}
			}
		}
	}
}

// declaresStatement says whether something else than a written is called statement.
func declaresStatement(n ast.Node) bool {
	isStatement := func(e *ast.Ident) bool { return e.Name == "statement" }
	switch n := n.(type) {
	case *ast.Field:
		return slices.ContainsFunc(n.Names, isStatement) && !isIdent(n.Type, "written")
	case *ast.ValueSpec:
		return slices.ContainsFunc(n.Names, isStatement)
	case *ast.AssignStmt:
		return slices.ContainsFunc(n.Lhs, func(e ast.Expr) bool { return isIdent(e, "statement") })
	}
	return false
}

// isWritten says whether a text is a constant, or the dialect's own. In
// string(statement) it is of the type written, for which the compiler takes constants.
func isWritten(text ast.Expr, constants map[string]bool) bool {
	switch e := text.(type) {
	case *ast.BasicLit:
		return e.Kind == token.STRING
	case *ast.Ident:
		return constants[e.Name]
	case *ast.BinaryExpr:
		return isWritten(e.X, constants) && isWritten(e.Y, constants)
	case *ast.FuncLit: // what a connection of database/sql lends its driver to
		return true
	case *ast.CallExpr: // a method of the dialect that takes nothing
		if isIdent(e.Fun, "string") {
			return isIdent(e.Args[0], "statement")
		}
		method, ok := e.Fun.(*ast.SelectorExpr)
		return ok && method.Sel.Name == "tableExists" && len(e.Args) == 0
	}
	return false
}

func isIdent(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}
