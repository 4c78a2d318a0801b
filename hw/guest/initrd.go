package guest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// writeInitrd makes the guest's whole file system: init, program, modules.
func writeInitrd(t testing.TB, out string, k kernel, o Options) error {
	t.Helper()
	list, files, err := modules(k, o.Modules)
	if err != nil {
		return err
	}
	if o.Binary == "" {
		return errors.New("no program given")
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	buf := bufio.NewWriterSize(f, 256<<10)
	c := &archive{w: buf, made: map[string]bool{}}
	for _, dir := range []string{"dev", "proc", "sys", "run", "tmp", "etc", "root"} {
		c.dir(dir)
	}
	// Before devtmpfs is mounted the kernel wants a console to start init with.
	c.entry("dev/console", 0o020600, 5, 1, nil, 0)
	c.file("init", BuildProgram(t, "zhunkao/hw/guest/guestinit"), 0o755)
	c.file("payload", o.Binary, 0o755)
	c.bytes("etc/modules", []byte(strings.Join(list, "\n")+"\n"))
	c.bytes("etc/args", []byte(strings.Join(o.Args, "\x00")))
	c.bytes("etc/env", []byte(strings.Join(o.Env, "\x00")))
	c.bytes("etc/hosts", []byte("127.0.0.1 localhost\n"))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		c.file(name, files[name], 0o644)
	}
	for _, name := range slices.Sorted(maps.Keys(o.Files)) {
		c.file(strings.TrimPrefix(path.Clean("/"+name), "/"), o.Files[name], 0o755)
	}
	c.entry("TRAILER!!!", 0, 0, 0, nil, 0)
	return errors.Join(c.err, buf.Flush(), f.Close())
}

// modules asks modprobe in which order what must be loaded, and gives the lines
// for guestinit ("path parameters") and the files.
func modules(k kernel, wanted []string) (lines []string, files map[string]string, err error) {
	files = map[string]string{}
	program, err := tool(modprobe)
	if err != nil {
		return nil, nil, err
	}
	for _, want := range wanted {
		name, params, _ := strings.Cut(strings.TrimSpace(want), " ")
		out, err := exec.Command(program, "-d", k.root, "-S", k.version, "--show-depends", name).CombinedOutput()
		if err != nil {
			return nil, nil, fmt.Errorf("module %s: %w: %s", name, err, out)
		}
		all := strings.Split(strings.TrimSpace(string(out)), "\n")
		for i, line := range all {
			file, own, _ := strings.Cut(strings.TrimPrefix(line, "insmod "), " ")
			if !strings.HasPrefix(line, "insmod ") {
				continue // builtin
			}
			if !strings.HasSuffix(file, ".ko") {
				return nil, nil, fmt.Errorf("module %s: %s is compressed", name, file)
			}
			in := "lib/modules/" + filepath.Base(file)
			if files[in] != "" {
				continue
			}
			files[in] = file
			if i == len(all)-1 {
				own += " " + params
			}
			lines = append(lines, strings.TrimSpace("/"+in+" "+own))
		}
	}
	return lines, files, nil
}

// archive writes a cpio archive of the form the kernel unpacks (newc).
type archive struct {
	w    io.Writer
	ino  int
	pos  int64
	made map[string]bool
	err  error
}

func (c *archive) dir(name string) {
	if c.made[name] || name == "." || name == "" {
		return
	}
	c.dir(path.Dir(name))
	c.made[name] = true
	c.entry(name, 0o040755, 0, 0, nil, 0)
}

func (c *archive) bytes(name string, b []byte) {
	c.dir(path.Dir(name))
	c.entry(name, 0o100644, 0, 0, strings.NewReader(string(b)), int64(len(b)))
}

func (c *archive) file(name, from string, mode fs.FileMode) {
	if c.err != nil {
		return
	}
	c.dir(path.Dir(name))
	f, err := os.Open(from)
	if err != nil {
		c.err = err
		return
	}
	st, err := f.Stat()
	if err == nil {
		c.entry(name, 0o100000|uint32(mode), 0, 0, f, st.Size())
	}
	c.err = errors.Join(c.err, err, f.Close())
}

func (c *archive) entry(name string, mode uint32, major, minor int, body io.Reader, size int64) {
	if c.err != nil {
		return
	}
	c.ino++
	head := fmt.Sprintf("070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%s\x00",
		c.ino, mode, 0, 0, 1, 0, size, 0, 0, major, minor, len(name)+1, 0, name)
	c.write(strings.NewReader(head), int64(len(head)))
	if body != nil {
		c.write(body, size)
	}
}

// write copies n bytes and pads to four.
func (c *archive) write(r io.Reader, n int64) {
	if c.err != nil {
		return
	}
	if _, err := io.CopyN(c.w, r, n); err != nil {
		c.err = err
		return
	}
	c.pos += n
	if pad := -c.pos & 3; pad > 0 {
		_, c.err = c.w.Write(make([]byte, pad))
		c.pos += pad
	}
}
