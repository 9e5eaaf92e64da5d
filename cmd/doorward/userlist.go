package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
	"github.com/seed-31b6c987/doorward/domain"
)

type userListCommand struct {
	configFlag
	Text string `arg:"" optional:"" help:"Only those whose id or display name holds it."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// atOnce is how many users are asked for at once.
const atOnce = 1000

// A listedUser is a line of the list.
type listedUser struct {
	UserID      domain.UserID `json:"user_id"`
	DisplayName string        `json:"display_name,omitempty"`
	AvatarURL   string        `json:"avatar_url,omitempty"`
	CreatedAt   time.Time     `json:"created_at"`
	Admin       bool          `json:"admin"`
	Guest       bool          `json:"guest"`
	Locked      bool          `json:"locked"`
	Suspended   bool          `json:"suspended"`
	Deactivated bool          `json:"deactivated"`
	Erased      bool          `json:"erased"`
}

func listed(u domain.User) listedUser {
	return listedUser{
		u.ID, u.DisplayName, u.AvatarURL, u.CreatedAt,
		u.Admin, u.Guest, u.Locked, u.Suspended, u.Deactivated, u.Erased,
	}
}

// state says in words what is special about the user.
func (u listedUser) state() string {
	var words []string
	for _, w := range []struct {
		is   bool
		word string
	}{
		{u.Admin, "admin"}, {u.Guest, "guest"}, {u.Locked, "locked"}, {u.Suspended, "suspended"},
		{u.Deactivated, "deactivated"}, {u.Erased, "erased"},
	} {
		if w.is {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, ", ")
}

// Run lists the users.
func (c userListCommand) Run(s *streams) error {
	ctx := context.Background()
	operator, release, err := c.administration(ctx, s, false)
	if err != nil {
		return err
	}
	defer release()
	users := []listedUser{}
	for {
		page, _, err := operator.List(ctx, domain.UserQuery{Text: c.Text, Offset: len(users), Limit: atOnce})
		if err != nil {
			return err
		}
		for _, u := range page {
			users = append(users, listed(u))
		}
		if len(page) < atOnce {
			break
		}
	}
	if c.JSON {
		return printJSON(s.out, users)
	}
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, u := range users {
		fmt.Fprintf(table, "%s\t%s\t%s\n", u.UserID, printable(u.DisplayName), u.state())
	}
	return table.Flush()
}

// printable shows a text that people chose: without what would move the cursor
// or change the colours of a terminal.
func printable(text string) string {
	quoted := strconv.QuoteToGraphic(text)
	if quoted == `"`+text+`"` {
		return text
	}
	return quoted
}

type userShowCommand struct {
	userArgument
	JSON bool `name:"json" help:"Print JSON."`
}

// A shownUser is a user with what belongs to it.
type shownUser struct {
	listedUser
	ThirdPartyIDs []shownAddress `json:"third_party_ids"`
	Devices       []shownDevice  `json:"devices"`
}

type shownAddress struct {
	Medium  domain.Medium `json:"medium"`
	Address string        `json:"address"`
}

// Run shows the user.
func (c userShowCommand) Run(s *streams) error {
	ctx := context.Background()
	return c.of(ctx, s, func(operator compose.Operator, user domain.UserID) error {
		account, err := operator.Account(ctx, user)
		if err != nil {
			return err
		}
		shown := shownUser{listedUser: listed(account.User), ThirdPartyIDs: []shownAddress{}, Devices: shownDevices(account)}
		for _, id := range account.ThirdPartyIDs {
			shown.ThirdPartyIDs = append(shown.ThirdPartyIDs, shownAddress{id.Medium, id.Address})
		}
		if c.JSON {
			return printJSON(s.out, shown)
		}
		return shown.print(s)
	})
}

func (u shownUser) print(s *streams) error {
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(table, "%s\t%s\n", name, value)
		}
	}
	line("user", string(u.UserID))
	line("display name", printable(u.DisplayName))
	line("avatar", printable(u.AvatarURL))
	line("created", u.CreatedAt.Format(time.RFC3339))
	line("state", u.state())
	for _, id := range u.ThirdPartyIDs {
		line(string(id.Medium), printable(id.Address))
	}
	for _, d := range u.Devices {
		line("device", d.String())
	}
	return table.Flush()
}
