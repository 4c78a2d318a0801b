// Opening is what `make rehearse-opening` runs: it rehearses the opening hour of
// registration against a hub of its own, and draws how long people waited.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"zhunkao/provisioning/bench"
	"zhunkao/provisioning/opening"
)

var version = "unknown" // set by the build

func main() {
	var c struct {
		Version kong.VersionFlag `help:"Print the version."`
		Hubd    string           `default:"bin/hubd" type:"path" help:"The hub's program."`
		Drawing string           `default:"provisioning/OPENING.svg" type:"path" help:"File that the drawing is written to."`
		Table   string           `default:"provisioning/OPENING.md" type:"path" help:"File that the table is written to."`
		Lasts   time.Duration    `default:"30s" help:"How long people come in each of the three rounds."`
		Think   time.Duration    `default:"500ms" help:"Mean time that somebody looks at a page."`
		Members int              `default:"20" help:"How many are signed in before the rush and work on."`
		Most    int              `default:"1500" help:"How many applicants there are at a time; who would come beyond that stays at home."`
	}
	kong.Parse(&c, kong.Name("opening"), kong.Vars{"version": version}, kong.Description("Rehearses the opening hour of registration on this machine, with made-up applicants and a hub of its own. It takes about three minutes."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	commit, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output()
	if err != nil {
		commit = []byte("unknown")
	}
	m := bench.ThisMachine(".")
	_, err = opening.Run(ctx, opening.Options{Hubd: c.Hubd, Drawing: c.Drawing, Table: c.Table, Commit: strings.TrimSpace(string(commit)),
		Machine: fmt.Sprintf("%s, %d cores · disk %s · Linux %s · %s", m.CPU, m.Cores, m.Disk, m.Kernel, m.Go),
		Lasts:   c.Lasts, Think: c.Think, Members: c.Members, Most: c.Most, Say: os.Stdout})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("  drawn in %s, told in %s\n", c.Drawing, c.Table)
}
