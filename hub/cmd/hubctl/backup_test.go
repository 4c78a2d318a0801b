package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Its texts are in both languages.
func TestBackupWords(t *testing.T) {
	for key, pair := range backupWords {
		if pair[0] == "" || pair[1] == "" || strings.Count(pair[0], "%") != strings.Count(pair[1], "%") {
			t.Errorf("%s: %q", key, pair)
		}
	}
}

// TestBackup: begun, copied, read back, finished; a copy that was made too early is
// refused, and nobody finishes one without a word on its copy.
func TestBackup(t *testing.T) {
	data := made(t)
	snapshot := func() string {
		t.Helper()
		out := filepath.Join(t.TempDir(), "hub.db")
		found, err := filepath.Glob(filepath.Join(data, "hub.db*"))
		if err != nil || len(found) == 0 {
			t.Fatalf("no database to copy: %v", err)
		}
		for _, from := range found { // with what SQLite has beside it
			b, err := os.ReadFile(from)
			if err == nil {
				err = os.WriteFile(out+filepath.Base(from)[len("hub.db"):], b, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		return "sqlite:" + out
	}
	ctl := func(args ...string) result { return call(t, "", append([]string{"--data", data}, args...)...) }
	early := snapshot()
	want(t, ctl("backup", "list"), 0, "There is no backup yet")
	want(t, ctl("backup", "begin"), 0, "Backup 1 has begun: 0 boxes, 0 records.")
	want(t, ctl("backup", "done", "1"), 1, "Give --copy")
	want(t, ctl("backup", "done", "1", "--copy", early), 1, "The copy does not know of backup 1")
	want(t, ctl("backup", "done", "1", "--copy", "sqlite:"+filepath.Join(t.TempDir(), "none.db")), 1, "cannot be read")
	want(t, ctl("backup", "list"), 0, "not finished")
	want(t, ctl("backup", "done", "1", "--copy", snapshot()), 0, "Backup 1 is finished.")
	want(t, ctl("backup", "done", "1", "--unread"), 1, "No such backup waits")
	running(t, data)
	want(t, ctl("--lang", "zh", "backup", "begin"), 0, "第 2 次备份开始：0 台终端，0 条记录。")
	want(t, ctl("backup", "done", "9", "--unread"), 1, "No such backup waits")
	want(t, ctl("backup", "done", "2", "--unread"), 0, "Backup 2 is finished.")
	want(t, ctl("backup", "list"), 0, "backup 2")
}
