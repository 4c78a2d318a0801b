package hub

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"time"

	"zhunkao/hub/password"
)

// Config is everything a hub is told. Zero values are the defaults.
type Config struct {
	Data     string // data directory, made by `hubctl create`
	Database string // "sqlite:PATH" or "postgres://…"; "" is SQLite in the data directory
	Blobs    string // where blobs lie, blob.InFiles or blob.InDatabase; "" is as the database has them
	Listen   string // host:port of the pages; port 0 picks one
	Door     string // host:port where boxes enrol, TLS
	MQTT     string // host:port of the embedded broker, TLS

	// Names are further names, or addresses, under which boxes reach door and
	// broker: they go into the certificates. The listen hosts are in already.
	Names []string
	// Advertise is the host:port of the broker that boxes are told; "" is MQTT
	// as it listens. AdvertiseDoor is that of the door, for tickets.
	Advertise     string
	AdvertiseDoor string

	// TLSCert and TLSKey are files for the pages. Without them Listen must be a
	// loopback address.
	TLSCert, TLSKey string

	// Metrics is the host:port of /metrics for Prometheus; "" is nowhere. It is
	// never on the pages. Beyond a loopback address it is TLS, with the certificate
	// of the pages, and asks for the token in the file MetricsToken.
	Metrics      string
	MetricsToken string

	// Version is what this program is, for the metrics.
	Version string

	// Broker names an external broker instead of the embedded one.
	Broker External

	// DemoClock is the socket of the demonstration's clock; taken only when the
	// database was made by the demonstration.
	DemoClock string

	// PasswordDays is how old a password may become; 0 is half a year, as GB/T
	// 22239 8.1.4.1 asks for a change from time to time, and below 0 any age.
	// PasswordsPlain does not ask for kinds of characters in short ones.
	PasswordDays   int
	PasswordsPlain bool

	// Texts is the folder in which text messages are left for the program that
	// sends them, one file each; "" is in the data directory.
	Texts string

	// Payments is the file of the payment channels (teller.File); "" is none: fees
	// are paid in cash or by transfer.
	Payments string

	// Fonts is the folder of the papers' fonts; "" is the user's cache.
	Fonts string

	// DatabaseRoom is how many bytes the database may take, for the alarm at
	// 80 %; 0 watches only the file system of an SQLite file. MaxStore bounds the
	// embedded broker's store in bytes; 0 is its default, 1 GiB.
	DatabaseRoom int64
	MaxStore     int64

	Log *slog.Logger // nil discards
}

// External is a broker that somebody else runs.
type External struct {
	URL    string // "tls://host:port"; "" is the embedded broker
	CA     string // file, PEM: root of the broker's certificate; "" is the hub's own CA
	Shared string // group of the shared subscription, "hub" when several hubs on one database listen
}

func (c Config) check() error {
	if c.Data == "" {
		return errors.New("hub: no data directory given")
	}
	addresses := map[string]string{"--listen": c.Listen, "--door": c.Door}
	if c.Broker.URL == "" {
		addresses["--mqtt"] = c.MQTT
	} else if c.Advertise == "" {
		return errors.New("hub: an external broker needs --advertise, the address that boxes are told")
	}
	if c.Metrics != "" {
		addresses["--metrics"] = c.Metrics
	}
	for flag, a := range addresses {
		if _, _, err := net.SplitHostPort(a); err != nil {
			return fmt.Errorf("hub: %s %q is not host:port", flag, a)
		}
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("hub: --tls-cert and --tls-key go together")
	}
	if c.TLSCert == "" && !loopback(c.Listen) {
		return fmt.Errorf("hub: the pages may be plain HTTP on a loopback address only; give --tls-cert and --tls-key for %s", c.Listen)
	}
	if c.Metrics != "" && !loopback(c.Metrics) && (c.TLSCert == "" || c.MetricsToken == "") {
		return fmt.Errorf("hub: metrics beyond a loopback address need --tls-cert, --tls-key and --metrics-token for %s", c.Metrics)
	}
	return nil
}

// loopback reports whether only this machine can reach the address.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// names lists what the certificates of door and broker must cover. A wildcard
// address is no name: whoever uses one says with Names how it is reached.
func (c Config) names() ([]string, error) {
	var out []string
	add := func(host string) {
		ip := net.ParseIP(host)
		if host != "" && (ip == nil || !ip.IsUnspecified()) && !slices.Contains(out, host) {
			out = append(out, host)
		}
	}
	for _, a := range []string{c.Door, c.MQTT, c.Advertise, c.AdvertiseDoor} {
		if host, _, err := net.SplitHostPort(a); err == nil {
			add(host)
		}
	}
	for _, n := range c.Names {
		add(n)
	}
	if len(out) == 0 {
		return nil, errors.New("hub: door and broker listen on every address; say with --name how boxes reach them")
	}
	return out, nil
}

// passwords is what is asked of passwords.
func (c Config) passwords() *password.Policy {
	p := password.DefaultPolicy()
	p.Complex = !c.PasswordsPlain
	if c.PasswordDays != 0 {
		p.MaxAge = max(0, time.Duration(c.PasswordDays)) * 24 * time.Hour
	}
	return &p
}
