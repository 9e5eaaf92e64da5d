// Package gormstore keeps what Doorward knows in PostgreSQL (15 or later) or in
// an SQLite file, through GORM.
//
// One call of a repository is one transaction. On PostgreSQL signing in, a
// refresh, asking whose a token is and logging out of one device are one
// statement and one round trip each; on SQLite a sign-in or a refresh is several
// statements in one transaction that begins with the lock for writing, and all
// writers queue for the one connection that may write. The exception is the first
// use of an access token that a refresh gave out, which takes one statement more.
//
// Sign-ins that come while others are under way are written together ([Options]),
// on PostgreSQL by one statement, on SQLite in one transaction. Each has its own
// answer, after the commit, and fails for nothing that the others do. See gatherer.
//
// A session is found by the hash of its id, the one thing of it that is indexed.
// On PostgreSQL whoever locks several rows of a user locks the user's first, or
// waits for none of them, and whoever locks or creates several users does so in the
// order of their ids, so that single calls never wait in a circle.
//
// A store may know in memory whose tokens are (Store.CacheTokens). What it writes
// itself it forgets after the commit. What others write, triggers of the schema note in
// a table, in the transaction that commits, which is read fifty times a second. As long
// as it cannot be sure to see that, it asks the database.
//
// Every call ends within five seconds, retries included. A database that is
// frozen, gone, full or overloaded gives domain.ErrUnavailable; when it is back,
// the next call works. Errors hold what the database says about itself, never
// the values of a statement, and GORM's own log is silent.
package gormstore
