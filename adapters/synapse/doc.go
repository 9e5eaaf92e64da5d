// Package synapse reads the accounts in the database of a Synapse: users with
// their profiles and password hashes, devices, access and refresh tokens, and
// third-party ids. It writes nothing there, and takes no more into memory than is
// handed over at once.
//
// What Synapse's tables mean was found out from the databases that it makes. Their
// columns came over years; those that an older one lacks are taken as empty.
package synapse
