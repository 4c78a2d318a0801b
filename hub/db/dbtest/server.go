package dbtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"zhunkao/hub/db"
)

var errNoBinaries = errors.New("no PostgreSQL server binaries (Debian package postgresql)")

const template = "migrated"

type server struct {
	dir  string
	hold io.WriteCloser // the keeper's standard input: must stay reachable, or the collector closes it
	bin  string
	attr *syscall.SysProcAttr
}

// The server runs under this shell: its standard input is a pipe whose other
// end dies with the test process, and then server and directory go.
const keeper = `"$1"/postgres -D "$2/data" -c listen_addresses= -c "unix_socket_directories=$2" ` +
	`-c max_connections=200 >"$2/log" 2>&1 &
cat >/dev/null; pid=$(head -n 1 "$2/data/postmaster.pid"); kill -QUIT $pid; wait
while kill -0 $pid 2>/dev/null; do sleep 0.1; done; cd /; rm -rf "$2"`

func startServer() (*server, error) {
	bin, err := binaries(debian, os.Getenv("PATH"))
	if err != nil {
		return nil, err
	}
	who, err := unprivileged()
	if err != nil {
		return nil, err
	}
	// Short, because the path of a unix socket holds 107 bytes at most.
	dir, err := os.MkdirTemp("/tmp", "zkpg")
	if err != nil {
		return nil, err
	}
	if who != nil {
		if err := os.Chown(dir, int(who.Uid), int(who.Gid)); err != nil {
			return nil, err
		}
	}
	attr := &syscall.SysProcAttr{Credential: who, Setpgid: true}
	// Ordered as people order words, not by bytes, as a server in an office is.
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", "test", "-A", "trust", "-E", "UTF8",
		"--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh-CN", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = attr, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	run := exec.Command("/bin/sh", "-c", keeper, "sh", bin, dir)
	run.SysProcAttr, run.Dir = attr, dir
	hold, err := run.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := run.Start(); err != nil {
		return nil, err
	}
	s := &server{dir: dir, hold: hold, bin: bin, attr: attr}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	return s, s.prepare(ctx)
}

// prepare waits for the server and makes the migrated template.
func (s *server) prepare(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := s.run(ctx, "postgres", "CREATE DATABASE "+template)
		if err == nil {
			break
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(s.dir, "log")) // best effort, for the message
			return fmt.Errorf("PostgreSQL does not answer: %w\n%s", err, log)
		case <-tick.C:
		}
	}
	return empty(ctx, s.url(template))
}

func (s *server) create(ctx context.Context, name string) error {
	return s.run(ctx, "postgres", "CREATE DATABASE "+name+" TEMPLATE "+template)
}

func (s *server) run(ctx context.Context, database, statement string) error {
	return db.ExecAlone(ctx, s.url(database), statement)
}

func (s *server) url(database string) string {
	return "postgres://test@/" + database + "?host=" + s.dir
}

// debian is where Debian installs the servers of all versions.
const debian = "/usr/lib/postgresql/*/bin/postgres"

// binaries finds the newest server that Debian installed, or else a directory
// on PATH that holds one.
func binaries(installed, path string) (string, error) {
	found, err := filepath.Glob(installed)
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		slices.SortFunc(found, func(a, b string) int { return version(a) - version(b) })
		return filepath.Dir(found[len(found)-1]), nil
	}
	for _, dir := range filepath.SplitList(path) {
		if runs(filepath.Join(dir, "postgres")) && runs(filepath.Join(dir, "initdb")) {
			// A link may point into a tree whose programs look for each other.
			real, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres"))
			if err == nil && runs(filepath.Join(filepath.Dir(real), "initdb")) {
				dir = filepath.Dir(real)
			}
			return filepath.Abs(dir)
		}
	}
	return "", errNoBinaries
}

func runs(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.Mode().IsRegular() && fi.Mode()&0o111 != 0
}

func version(path string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	if err != nil {
		return 0
	}
	return n
}

// unprivileged is who the server runs as: PostgreSQL refuses to run as root.
func unprivileged() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil || err2 != nil {
			continue
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, fmt.Errorf("no user to run PostgreSQL as: %w", fs.ErrNotExist)
}
