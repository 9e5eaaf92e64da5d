package domain

// A UserQuery asks for users, in the order of the bytes of their ids.
type UserQuery struct {
	// Text is a part of the id or of the display name, whatever its case as far as
	// A to Z go; empty: any.
	Text string
	// Each of these leaves out the users of which it is not true; nil: none.
	Admin, Guest, Locked, Deactivated *bool
	// Offset is how many of them are passed over, and Limit how many are returned
	// at most.
	Offset, Limit int
}
