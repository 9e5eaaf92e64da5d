// Package application holds the use cases, one a file: what Doorward does, in
// the words of the domain, with whatever fulfils the ports. A use case is a
// struct of its dependencies and a method Do, or a method for each thing that is
// done with the same dependencies; it may be used concurrently once
// its fields are set. The use cases are the whole driving side: whatever serves
// them, HTTP or an embedding program, calls them as they are.
package application
