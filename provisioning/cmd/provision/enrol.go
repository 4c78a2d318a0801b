package main

import (
	"bufio"
	"context"
	"fmt"
	"os"

	"zhunkao/provisioning/enrol"
)

type enrolCommand struct {
	Data   string `required:"" type:"path" help:"Data folder of the box."`
	Kioskd string `default:"kioskd" help:"Path of kioskd."`
	Again  bool   `help:"Give a box that has an identity a new one: a new key and a new chain."`
}

// Run reads the ticket from standard input, so that it is in no shell history.
func (e enrolCommand) Run(ctx context.Context) error {
	fmt.Fprintln(os.Stderr, "Ask the operator for a ticket (hubctl ticket --point CODE), type or paste it here, and press Enter:")
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && line == "" {
		return fmt.Errorf("no ticket was given: %w", err)
	}
	return enrol.Use(ctx, enrol.Options{
		Kioskd: e.Kioskd, BoxData: e.Data, Again: e.Again,
		Say: func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) },
	}, line)
}
