package main_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"zhunkao/appliance/store"
	"zhunkao/hw/idcardtest"
)

// The program for the box's own processor: it checks a store, serves the screen
// to a browser and drives the ID reader, here under emulation of the processor.
func TestOnARM64(t *testing.T) {
	if testing.Short() {
		t.Skip("another processor's programs: the race detector sees nothing of them")
	}
	qemu, err := exec.LookPath("qemu-aarch64-static")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no qemu-aarch64-static: %v", err)
		}
		t.Skipf("no qemu-aarch64-static (Debian package qemu-user-static): %v", err)
	}
	program := filepath.Join(t.TempDir(), "kioskd")
	for _, arch := range []string{"arm", "arm64"} { // the last stays
		build := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
		build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch, "GOARM=7", "GOFLAGS=")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("linux/%s: %v\n%s", arch, err, out)
		}
	}
	dir, _ := enrolled(t, store.Options{Demo: true})
	out, err := exec.CommandContext(t.Context(), qemu, program, "check", "--data", dir).CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "whole: 0 records") {
		t.Fatalf("check: %v\n%s", err, out)
	}

	reader := idcardtest.New()
	plug := idcardtest.NewPlug(reader, filepath.Join(t.TempDir(), "reader"))
	if err := plug.Plug(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = plug.Unplug() }()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, qemu, program, "run", "--data", dir, "--reader", plug.Link(), "--listen", "127.0.0.1:0")
	var errs strings.Builder
	cmd.Stderr = &errs
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		_ = cmd.Wait()
		t.Fatalf("%v\n%s", err, errs.String())
	}
	url := regexp.MustCompile(`http://[^/ ]+/`).FindString(line)
	answer, err := http.Get(url)
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	page, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(page), "<html") {
		t.Errorf("the screen: status %d, %v\n%s", answer.StatusCode, err, page)
	}
	asked := func() bool { // the reader has been asked for a card
		for _, e := range reader.Log() {
			if e.Cmd == "2001" {
				return true
			}
		}
		return false
	}
	for !asked() {
		select {
		case <-reader.Changed():
		case <-ctx.Done():
			t.Fatalf("the reader is not driven\n%s", errs.String())
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, stdout)
	if err := cmd.Wait(); err != nil {
		t.Errorf("it did not end in order: %v\n%s", err, errs.String())
	}
}
