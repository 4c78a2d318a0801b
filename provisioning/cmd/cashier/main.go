// Cashier plays the payment companies of the demonstration, and the telephone that
// somebody pays with.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"zhunkao/protocol/democlock"
	"zhunkao/provisioning/cashier"
)

var version = "unknown" // set by the build

func main() {
	var c struct {
		Version   kong.VersionFlag `help:"Print the version."`
		Data      string           `required:"" type:"path" help:"Folder of keys and of the companies' book; made when missing."`
		Listen    string           `default:"127.0.0.1:8609" help:"Loopback address of gateways and pages."`
		Notify    string           `help:"Address under which the companies reach the hub, such as http://127.0.0.1:8601; writes merchant/payments.json for hubd --payments."`
		Home      string           `help:"Address of the demonstration's page."`
		Strip     string           `help:"Address of the page with the demonstration's clock."`
		DemoClock string           `type:"path" help:"Socket of the demonstration's clock; real time without it."`
	}
	kong.Parse(&c, kong.Name("cashier"), kong.Vars{"version": version})
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	now := time.Now
	if c.DemoClock != "" {
		clock, err := democlock.Dial(ctx, c.DemoClock)
		if err != nil {
			fmt.Fprintln(os.Stderr, "cashier:", err)
			os.Exit(1)
		}
		defer clock.Close()
		now = clock.Now
	}
	if err := cashier.Run(ctx, cashier.Options{Dir: c.Data, Listen: c.Listen, Notify: c.Notify, Home: c.Home, Strip: c.Strip, Now: now}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
