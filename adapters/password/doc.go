// Package password verifies the credentials of the login type m.login.password
// (Matrix specification, client-server API, "Password-based"), and makes the
// hashes that it verifies them with.
//
// Whoever guesses learns nothing: that there is no such user, that it has no
// password and that the password is wrong are one answer, after the same work.
// The exception are users whose hash was made elsewhere, and who have not logged
// in since: bcrypt takes its own time. And whoever guesses does not get far, since
// every wrong password counts against its account, however the account is named.
package password
