package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// leftOut says in words why something was left out.
var leftOut = []struct {
	why   domain.LeftOut
	words string
}{
	{domain.LeftUserThere, "users who are here already"},
	{domain.LeftUserDiffers, "users who are here already, and have changed here or there"},
	{domain.LeftUserElsewhere, "users of another server"},
	{domain.LeftUserInvalid, "users whose ids nobody may have"},
	{domain.LeftPasswordUnknown, "passwords whose hashes are of no known form; these users need a new one"},
	{domain.LeftDeviceHidden, "cross-signing keys that are kept among the devices"},
	{domain.LeftDeviceInvalid, "devices whose ids no device may have"},
	{domain.LeftDeviceBeyondLimit, "devices beyond the 5000 that a user used last"},
	{domain.LeftDeviceOfNobody, "devices of users who do not exist"},
	{domain.LeftTokenReplaced, "older access tokens of a device; with these clients are asked to sign in again"},
	{domain.LeftTokenNoDevice, "access tokens without a device"},
	{domain.LeftTokenPuppet, "access tokens with which administrators act as users"},
	{domain.LeftTokenOfNobody, "access tokens of users who do not exist"},
	{domain.LeftAddressInvalid, "third-party ids that are no addresses"},
	{domain.LeftAddressTaken, "third-party ids that are another user's"},
	{domain.LeftAddressOfNobody, "third-party ids of users who do not exist"},
}

// An importReport says what an import did.
type importReport struct {
	DryRun        bool                   `json:"dry_run"`
	Seconds       float64                `json:"seconds"`
	Users         int                    `json:"users"`
	Passwords     int                    `json:"passwords"`
	Unapproved    int                    `json:"locked_until_approved"`
	Devices       int                    `json:"devices"`
	Sessions      int                    `json:"sessions"`
	ThirdPartyIDs int                    `json:"third_party_ids"`
	LeftOut       map[domain.LeftOut]int `json:"left_out"`
}

func reportOf(c domain.ImportCounts, dryRun bool, took time.Duration) importReport {
	report := importReport{
		DryRun: dryRun, Seconds: took.Round(time.Millisecond).Seconds(),
		Users: c.Users, Passwords: c.Passwords, Unapproved: c.Locked,
		Devices: c.Devices, Sessions: c.Sessions, ThirdPartyIDs: c.ThirdPartyIDs,
		LeftOut: map[domain.LeftOut]int{},
	}
	for _, l := range leftOut {
		report.LeftOut[l.why] = c.Left[l.why]
	}
	return report
}

// print prints what a person wants to know.
func (r importReport) print(to io.Writer) error {
	done := "taken over"
	if r.DryRun {
		done = "to be taken over; this was a dry run, and nothing was written"
	}
	fmt.Fprintf(to, "%s:\n", done)
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(n int, words string) { fmt.Fprintf(table, "%d\t  %s\n", n, words) }
	line(r.Users, "users")
	line(r.Passwords, "of them with a password")
	if r.Unapproved > 0 {
		line(r.Unapproved, "of them locked, since nobody has approved of them; doorward user unlock lets them in")
	}
	line(r.Devices, "devices")
	line(r.Sessions, "of them signed in, and they stay so")
	line(r.ThirdPartyIDs, "third-party ids")
	if err := table.Flush(); err != nil {
		return err
	}
	heading := "left out:\n"
	for _, l := range leftOut {
		if n := r.LeftOut[l.why]; n > 0 {
			fmt.Fprint(to, heading)
			heading = ""
			line(n, l.words)
		}
	}
	return table.Flush()
}
