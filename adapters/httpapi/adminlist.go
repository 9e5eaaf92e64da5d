package httpapi

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/seed-31b6c987/doorward/domain"
)

// How many users a list has, unless or whatever the client says.
const (
	defaultPage = 100
	maxPage     = 1000
)

// adminListUsers answers GET /_synapse/admin/v2/users.
func (a *API) adminListUsers(x *exchange) error {
	query, err := userQuery(x.Request().URL.Query())
	if err != nil {
		return err
	}
	found, total, err := a.Administer.List(x.Request().Context(), query)
	if err != nil {
		return err
	}
	page := make([]listedUser, len(found))
	for i, u := range found {
		page[i] = listed(u)
	}
	answer := map[string]any{"users": page, "total": total}
	if next := query.Offset + len(page); next < total && len(page) > 0 {
		answer["next_token"] = strconv.Itoa(next)
	}
	writeJSON(x.Response(), http.StatusOK, answer)
	return nil
}

// userQuery reads which users are asked for. They come in the order of their
// names, and in no other.
func userQuery(values url.Values) (query domain.UserQuery, err error) {
	if query.Offset, err = number(values, "from", 0); err != nil {
		return query, err
	}
	if query.Limit, err = number(values, "limit", defaultPage); err != nil {
		return query, err
	}
	query.Limit = min(query.Limit, maxPage)
	query.Text = values.Get("name")
	if query.Text == "" {
		query.Text = values.Get("user_id")
	}
	if query.Admin, err = truth(values, "admins"); err != nil {
		return query, err
	}
	// The others are there or not; that they alone are there cannot be asked for.
	for _, filter := range []struct {
		name     string
		included bool
		leaveOut **bool
	}{{"guests", true, &query.Guest}, {"deactivated", false, &query.Deactivated}, {"locked", false, &query.Locked}} {
		included, err := truth(values, filter.name)
		if err != nil {
			return query, err
		}
		if included == nil && !filter.included || included != nil && !*included {
			*filter.leaveOut = new(false)
		}
	}
	if order, direction := values.Get("order_by"), values.Get("dir"); order != "" && order != "name" || direction != "" && direction != "f" {
		return query, domain.Refuse(domain.ErrInvalidParam, "order", "Users can be listed only by name, and forwards")
	}
	return query, nil
}

// number reads a parameter that is a whole number from 0 to 2147483647.
func number(values url.Values, name string, otherwise int) (int, error) {
	if !values.Has(name) {
		return otherwise, nil
	}
	n, err := strconv.ParseUint(values.Get(name), 10, 31)
	if err != nil {
		return 0, domain.Refuse(domain.ErrInvalidParam, name, name+" must be a whole number from 0 to 2147483647")
	}
	return int(n), nil
}

// truth reads a parameter that is true or false; nil: it is not there.
func truth(values url.Values, name string) (*bool, error) {
	switch {
	case !values.Has(name):
		return nil, nil
	case values.Get(name) == "true":
		return new(true), nil
	case values.Get(name) == "false":
		return new(false), nil
	}
	return nil, domain.Refuse(domain.ErrInvalidParam, name, name+" must be true or false")
}
