package main

import (
	"context"
	"log/slog"

	"github.com/alecthomas/kong"

	"zhunkao/hub"
)

type flags struct {
	Version kong.VersionFlag `help:"Print the version."`

	Data           string   `required:"" type:"path" help:"Data directory, made by hubctl create."`
	Database       string   `help:"sqlite:PATH or postgres://…; SQLite in the data directory by default. May come from the environment, for it can hold a password." env:"HUBD_DATABASE"`
	Blobs          string   `env:"HUBD_BLOBS" enum:",files,database" default:"" help:"Where blobs lie, files or database; as the database has them, and of a fresh one files beside SQLite, the database for PostgreSQL."`
	Listen         string   `default:"127.0.0.1:8601" help:"Address of the pages. Plain HTTP on a loopback address only."`
	TLSCert        string   `type:"path" help:"Certificate of the pages, PEM."`
	TLSKey         string   `type:"path" help:"Its key, PEM."`
	Door           string   `default:"127.0.0.1:8604" help:"Address where boxes enrol, TLS."`
	MQTT           string   `default:"127.0.0.1:8605" help:"Address of the embedded broker, mutual TLS 1.3."`
	Name           []string `help:"Further name or address under which boxes reach door and broker."`
	Advertise      string   `help:"host:port of the broker that boxes are told, when it is not --mqtt."`
	AdvertiseDoor  string   `help:"host:port of the door that tickets name, when it is not --door."`
	Broker         string   `help:"tls://host:port of an external broker, instead of the embedded one."`
	BrokerCA       string   `type:"path" help:"Root of the external broker's certificate, PEM; the hub's own CA by default."`
	BrokerShared   string   `help:"Group of the shared subscription at an external broker, when several hubs listen."`
	PasswordDays   int      `default:"180" help:"Days after which a password must be changed; 0 is never."`
	PasswordsPlain bool     `help:"Ask for no kinds of characters in passwords of fewer than 12."`
	Fonts          string   `type:"path" help:"Folder of the papers' fonts; the user's cache by default."`
	Texts          string   `type:"path" help:"Folder where text messages are left for the program that sends them, one file each; texts in the data directory by default."`
	Payments       string   `type:"path" help:"File of the payment channels, JSON: see hub/README. Without it fees are paid in cash or by transfer only."`
	DatabaseRoom   int64    `help:"Bytes the database may take: at 80 % of it the console says so. 0 watches only the disk of an SQLite file."`
	BrokerRoom     int64    `help:"Bytes the embedded broker's store may take; 1 GiB by default."`
	Metrics        string   `help:"Address of /metrics for Prometheus: a loopback one, or any with --tls-cert and --metrics-token. Nowhere by default."`
	MetricsToken   string   `type:"path" help:"File with the token, 32 characters or more, that whoever scrapes must bear."`
	DemoClock      string   `type:"path" help:"Socket of the demonstration's clock; taken only by data that the demonstration made."`
}

func (f flags) config(log *slog.Logger) hub.Config {
	return hub.Config{Data: f.Data, Database: f.Database, Blobs: f.Blobs, Listen: f.Listen, TLSCert: f.TLSCert, TLSKey: f.TLSKey,
		Door: f.Door, MQTT: f.MQTT, Names: f.Name, Advertise: f.Advertise, AdvertiseDoor: f.AdvertiseDoor,
		Broker: hub.External{URL: f.Broker, CA: f.BrokerCA, Shared: f.BrokerShared}, DemoClock: f.DemoClock,
		PasswordDays: never(f.PasswordDays), PasswordsPlain: f.PasswordsPlain, Fonts: f.Fonts, Texts: f.Texts, Payments: f.Payments,
		Metrics: f.Metrics, MetricsToken: f.MetricsToken, Version: version,
		DatabaseRoom: f.DatabaseRoom, MaxStore: f.BrokerRoom, Log: log}
}

func run(ctx context.Context, c hub.Config) error {
	h, err := hub.Open(ctx, c)
	if err != nil {
		return err
	}
	err = h.Run(ctx)
	if closed := h.Close(); err == nil {
		err = closed
	}
	return err
}

// never turns the 0 of a flag, which is never, into that of Config, where 0 is
// the default.
func never(days int) int {
	if days == 0 {
		return -1
	}
	return days
}
