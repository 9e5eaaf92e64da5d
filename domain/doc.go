// Package domain is the vocabulary of Doorward and the rules that hold for its
// words whoever asks: users, devices, sessions, tokens, credentials and claims.
//
// A [Credential] comes in. Whoever verifies it says whose it is: [Claims]. A
// [SignIn] is what a login wants to have happen, and a [Renewal] what a refresh
// does; a [Bearer] is the answer to the question whose token it is. All values
// here are plain and may be copied; nothing in this package is changed after it
// was made, so everything may be used concurrently.
package domain
