package compose

import (
	"fmt"
	"regexp"

	"github.com/seed-31b6c987/doorward/adapters/appservice"
	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/domain"
)

// appservices makes what the server needs of the registration files.
func appservices(cfg *config.Config, server domain.ServerName) (all domain.Appservices, faults config.Faults) {
	for i, file := range cfg.Appservices {
		path := fmt.Sprintf("appservices[%d]", i)
		sender, err := domain.NewUserID(file.SenderLocalpart, server)
		if err != nil {
			faults = append(faults, cfg.Fault(path, "sender_localpart: %v", err))
		}
		service := domain.Appservice{
			ID:              file.ID,
			URL:             file.URL,
			Token:           domain.Token(file.ASToken.Reveal()).Hash(),
			HomeserverToken: file.HSToken.Reveal(),
			Sender:          sender,
			Limited:         file.RateLimited,
		}
		for _, n := range file.Users {
			users, err := regexp.Compile(n.Regex)
			if err != nil {
				faults = append(faults, cfg.Fault(path, "namespaces: %v", err))
				continue
			}
			service.Namespaces = append(service.Namespaces, domain.Namespace{Users: users, Exclusive: n.Exclusive})
		}
		all = append(all, service)
	}
	return all, faults
}

func appserviceCaller() *appservice.Caller { return appservice.NewCaller(appservice.DefaultTimeout) }
