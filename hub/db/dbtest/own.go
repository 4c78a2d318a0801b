package dbtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Server is a PostgreSQL server of one test's own, which it may end and start
// again.
type Server struct{ s *server }

// NewServer starts a server that goes away with the test, or skips.
func NewServer(t testing.TB) *Server {
	t.Helper()
	s, err := startServer()
	if errors.Is(err, errNoBinaries) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.hold.Close(); err != nil {
			t.Error(err)
		}
	})
	return &Server{s}
}

// URL makes a fresh, migrated database on the server.
func (s *Server) URL(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", databases.Add(1))
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if err := s.s.create(ctx, name); err != nil {
		t.Fatal(err)
	}
	return s.s.url(name)
}

// Restart ends the server as a crash does, every connection with it, and starts
// it again; it returns when the server answers.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.pgCtl(ctx, "-m", "immediate", "-w", "stop"); err != nil {
		return err
	}
	return s.pgCtl(ctx, "-w", "-l", filepath.Join(s.s.dir, "log"), "-o",
		"-c listen_addresses= -c unix_socket_directories="+s.s.dir+" -c max_connections=200", "start")
}

func (s *Server) pgCtl(ctx context.Context, args ...string) error {
	// No pipe: the server would keep it, and the wait for its end would not end.
	cmd := exec.CommandContext(ctx, filepath.Join(s.s.bin, "pg_ctl"), append([]string{"-s", "-D", filepath.Join(s.s.dir, "data")}, args...)...)
	cmd.SysProcAttr, cmd.Dir = s.s.attr, s.s.dir
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("pg_ctl %s: %w", args[len(args)-1], err)
	}
	return nil
}
