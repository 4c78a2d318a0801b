// Bench is what `make bench` runs: it measures and writes the table.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"zhunkao/provisioning/bench"
)

func main() {
	var c struct {
		Out     string `default:"provisioning/BENCH.md" type:"path" help:"File that the table is written to."`
		Package string `help:"Only one section of the table, such as hub/intake."`
		Count   int    `default:"3" help:"How often each benchmark is run."`
		Only    string `default:"." help:"Regular expression of the benchmarks to run."`
	}
	kong.Parse(&c, kong.Name("bench"))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := bench.Run(ctx, bench.Options{Out: c.Out, Package: c.Package, Count: c.Count, Only: c.Only, Progress: os.Stderr}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
