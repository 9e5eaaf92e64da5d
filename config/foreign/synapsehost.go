package foreign

import (
	"net"
	"net/url"
	"strconv"
	"strings"
)

// synapseListeners writes where the API and the metrics are served. The first
// listener that serves clients counts.
func synapseListeners(top *section, d *draft) {
	served := false
	for _, l := range top.subs("listeners") {
		clients, metrics := purposes(l)
		switch {
		case clients && !served:
			served = synapseAPI(l, d)
		case clients:
			l.report.add(Decide, l.path, "Doorward serves clients at one address; let the proxy send those of this listener there")
		case metrics:
			if address, ok := listenAddress(l); ok {
				d.set("metrics", "listen", yamlText(address), l.at("port"))
			}
		default:
			l.report.add(Ignored, l.path, "serves nothing of Doorward's")
			continue
		}
		l.rest(Ignored, "not Doorward's")
	}
}

// purposes says what a listener serves that Doorward serves too.
func purposes(l *section) (clients, metrics bool) {
	metrics = l.text("type") == "metrics"
	for _, resource := range l.subs("resources") {
		for _, name := range resource.texts("names") {
			clients = clients || name == "client"
			metrics = metrics || name == "metrics"
		}
	}
	return clients, metrics
}

// synapseAPI writes the listener of clients. It returns false if it has no
// address.
func synapseAPI(l *section, d *draft) bool {
	if l.flag("tls", false) {
		l.decide("tls", "Doorward speaks no TLS; put a proxy before it")
	}
	address, ok := listenAddress(l)
	if !ok {
		return false
	}
	d.serves(address, l.at("port"))
	if !l.flag("x_forwarded", false) {
		return true
	}
	host, _, _ := net.SplitHostPort(address)
	trustProxies(l, d, host)
	return true
}

// trustProxies writes whose X-Forwarded-For is believed at a listener that
// believed everybody's: nobody but this machine can reach a loopback address.
func trustProxies(l *section, d *draft, host string) {
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		d.set("http", "trusted_proxies", `[127.0.0.1, "::1"]`, l.at("x_forwarded"))
		return
	}
	l.decide("x_forwarded", "everybody's X-Forwarded-For was believed; name your proxies in http.trusted_proxies, or all users share the address of one")
}

// listenAddress returns the host:port of a listener.
func listenAddress(l *section) (string, bool) {
	if l.has("path") {
		l.decide("path", "Doorward listens on no Unix socket; give it an address in http.listen")
		return "", false
	}
	port := l.number("port", 0)
	if port < 1 || port > 65535 || port != float64(int(port)) {
		l.refuse("port", "is no port")
		return "", false
	}
	hosts := l.texts("bind_addresses")
	if host := l.text("bind_address"); host != "" {
		hosts = append(hosts, host)
	}
	host := oneHost(hosts)
	if len(hosts) > 1 && host != "" {
		l.decide("bind_addresses", "Doorward listens on one address: %s", shown(host))
	}
	return net.JoinHostPort(host, strconv.Itoa(int(port))), true
}

// oneHost returns the one of several addresses that stands for them best; empty
// stands for all of the machine.
func oneHost(hosts []string) string {
	if len(hosts) == 0 {
		return ""
	}
	one := hosts[0]
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() || host == "" {
			return ""
		} else if ip != nil && ip.To4() != nil && strings.Contains(one, ":") {
			one = host
		}
	}
	return one
}

// synapseDatabase says how what is in Synapse's database comes over.
func synapseDatabase(top *section, d *draft) {
	db := top.sub("database")
	args := db.sub("args")
	file, _ := args.values["database"].(string)
	from := "sqlite:" + shown(file)
	if name := db.text("name"); name == "psycopg2" {
		from = postgresAddress(args)
	} else if name != "" && name != "sqlite3" {
		db.refuse("name", "is neither psycopg2 nor sqlite3")
	}
	d.set("database", "url", "sqlite:doorward.db", "or postgres://USER@HOST:5432/NAME")
	if top.has("database") {
		top.decide("database", "is Synapse's, and Doorward has one of its own; users, devices and tokens come over with: "+
			"doorward import synapse --from '%s'", from)
	}
	if top.has("databases") {
		top.asked["databases"] = true
		top.decide("databases", "are Synapse's, and Doorward has one of its own; users, devices and tokens come over with: doorward import synapse --from URL")
	}
}

// postgresAddress returns the address of a database without its password.
func postgresAddress(args *section) string {
	orElse := func(usual string, names ...string) string {
		for _, name := range names {
			if v, _ := args.values[name].(string); v != "" {
				return v
			}
		}
		return usual
	}
	u := url.URL{Scheme: "postgres", Path: "/" + orElse("synapse", "dbname", "database")}
	u.User = url.User(orElse("synapse", "user"))
	host := orElse("localhost", "host")
	port := "5432"
	switch v := args.values["port"].(type) {
	case int64:
		port = strconv.FormatInt(v, 10)
	case string:
		port = v
	}
	if strings.HasPrefix(host, "/") { // a folder of sockets
		u.RawQuery = url.Values{"host": {host}, "port": {port}}.Encode()
	} else {
		u.Host = net.JoinHostPort(host, port)
	}
	return shown(u.String())
}
