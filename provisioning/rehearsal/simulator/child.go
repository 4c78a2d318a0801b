package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"zhunkao/hub"
	"zhunkao/protocol/form"
)

// envChild names the part that a child plays; its order comes on standard input.
const (
	envChild  = "ZHUNKAO_SIMULATOR"
	childHub  = "hub"
	childCrew = "crew"
)

// Child plays a part of a simulation if this process was started for one, and
// ends the process then. A program that simulates calls it first of all.
func Child() {
	part := os.Getenv(envChild)
	if part == "" {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	err := play(ctx, part, os.Stdin, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, part+":", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func play(ctx context.Context, part string, in io.Reader, out io.Writer) error {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	switch part {
	case childHub:
		var o hubOrder
		if err := json.NewDecoder(in).Decode(&o); err != nil {
			return err
		}
		return runHub(ctx, o, log)
	case childCrew:
		var o crewOrder
		if err := json.NewDecoder(in).Decode(&o); err != nil {
			return err
		}
		return runCrew(ctx, o, out, log)
	}
	return fmt.Errorf("no part %q", part)
}

// hubOrder is what the hub is told.
type hubOrder struct {
	Data, Listen, Door, MQTT, Advertise, Clock string
}

func runHub(ctx context.Context, o hubOrder, log *slog.Logger) error {
	h, err := hub.Open(ctx, hub.Config{Data: o.Data, Listen: o.Listen, Door: o.Door, MQTT: o.MQTT, Advertise: o.Advertise, DemoClock: o.Clock, Log: log})
	if err != nil {
		return err
	}
	defer h.Close()
	return h.Run(ctx)
}

// crewOrder is what the boxes of a point are told.
type crewOrder struct {
	Start time.Time // the campaign's time at Real
	Real  time.Time
	Boxes []boxOrder
}

// boxOrder is what one box, and the people before it, are told.
type boxOrder struct {
	Name    string
	Data    string
	Skew    time.Duration // of the board's clock
	Printer string
	From    int // visits before it are over
	Visits  []visitOrder
}

type visitOrder struct {
	Chip        form.Chip
	Application string
	Act         Act
	After       int
}
