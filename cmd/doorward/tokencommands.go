package main

type tokenCommands struct {
	Mint    mintCommand    `cmd:"" help:"Print a signed JWT, for trying out and for tests."`
	Explain explainCommand `cmd:"" help:"Say step by step what a login with a JWT would do. Changes nothing."`
}
