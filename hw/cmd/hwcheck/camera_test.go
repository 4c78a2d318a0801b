package main_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zhunkao/hw/cameratest"
)

// film plugs an emulated camera in.
func film(t *testing.T, s cameratest.Scene, k cameratest.Knobs) (*cameratest.Camera, *cameratest.Plug) {
	t.Helper()
	emu := cameratest.New()
	emu.Show(s)
	if err := emu.SetKnobs(k); err != nil {
		t.Fatal(err)
	}
	plug := cameratest.NewPlug(emu, "127.0.0.1:0")
	if err := plug.Plug(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plug.Unplug(); err != nil {
			t.Error(err)
		}
	})
	return emu, plug
}

func probeCamera(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, append([]string{"camera"}, args...)...)
	cmd.Dir = t.TempDir()
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !asExit(err, &exit) {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(cmd.Dir); err != nil || len(left) > 0 {
		t.Errorf("files were left: %v, %v", left, err)
	}
	return cmd.ProcessState.ExitCode(), o.String(), e.String()
}

func TestCameraGoodPhoto(t *testing.T) {
	t.Parallel()
	s := cameratest.Portrait(31)
	s.Width, s.Height = 960, 540
	_, plug := film(t, s, cameratest.Knobs{NoHuffman: true})
	file := filepath.Join(t.TempDir(), "photo.jpg")
	code, out, errs := probeCamera(t, "--source", plug.URL(), "--json", "--save", file, "--timeout", "40s")
	if code != 0 {
		t.Fatalf("exit %d, want 0: %s", code, errs)
	}
	var got struct {
		Source, Device, Format, Profile string
		Width, Height, Faces            int
		FPS                             float64
		OK, Saved                       bool
		Findings                        []any
		Photo                           struct {
			Width, Height, Bytes, DPI int
			Accepted                  bool
		}
	}
	dec := json.NewDecoder(strings.NewReader(out))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&got); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if got.Source != plug.URL() || got.Format != "MJPG" || got.Width != 960 || got.Height != 540 || got.Faces != 1 || !got.OK || len(got.Findings) != 0 ||
		got.Profile != "ga461" || got.Photo.Width != 358 || got.Photo.Height != 441 || got.Photo.DPI != 350 || !got.Photo.Accepted || !got.Saved {
		t.Errorf("got %s", out)
	}
	b, err := os.ReadFile(file)
	if err != nil || len(b) != got.Photo.Bytes {
		t.Errorf("saved: %d bytes, %v, want %d", len(b), err, got.Photo.Bytes)
	}
	if st, err := os.Stat(file); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("saved with mode %v, %v", st.Mode(), err)
	}
}

func TestCameraExitCodes(t *testing.T) {
	pose := func(word string) cameratest.Scene {
		s, ok := cameratest.Pose(word, 12)
		if !ok {
			t.Fatalf("no pose %s", word)
		}
		s.Width, s.Height = 960, 540
		return s
	}
	gone := cameratest.NewPlug(cameratest.New(), "127.0.0.1:0")
	if err := gone.Plug(); err != nil {
		t.Fatal(err)
	}
	if err := gone.Unplug(); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name  string
		scene cameratest.Scene
		knobs cameratest.Knobs
		args  []string
		code  int
		says  string
	}{
		{"nobody", pose("nobody"), cameratest.Knobs{}, nil, 2, "Nobody came"},
		{"two people", pose("two"), cameratest.Knobs{}, nil, 3, "one person only"},
		{"tilted", pose("tilted"), cameratest.Knobs{}, nil, 3, "hold it straight"},
		{"dark", pose("dark"), cameratest.Knobs{}, nil, 3, "Too dark"},
		{"a wall of another colour", pose("portrait"), cameratest.Knobs{}, []string{"--profile", "ncre"}, 3, "wrong colour"},
		{"black", pose("black"), cameratest.Knobs{}, nil, 4, "black"},
		{"frozen", pose("portrait"), cameratest.Knobs{Freeze: true}, nil, 4, "frozen"},
		{"a page", pose("nobody"), cameratest.Knobs{WrongType: true}, nil, 4, "No camera we can use"},
		{"forbidden", pose("nobody"), cameratest.Knobs{Status: 401}, nil, 5, "No permission"},
		{"torn", pose("nobody"), cameratest.Knobs{TearNth: 1}, nil, 5, "broken pictures"},
		{"absent", cameratest.Scene{}, cameratest.Knobs{}, []string{"--source", gone.URL()}, 5, "No camera there"},
		{"no such node", cameratest.Scene{}, cameratest.Knobs{}, []string{"--source", "/dev/v4l/by-path/none"}, 5, "No camera there"},
		{"no such rules", cameratest.Scene{}, cameratest.Knobs{}, []string{"--profile", "holiday"}, 1, "No such photo rules"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			args := c.args
			if len(args) == 0 || args[0] != "--source" {
				_, plug := film(t, c.scene, c.knobs)
				args = append([]string{"--source", plug.URL()}, args...)
			}
			code, out, errs := probeCamera(t, append(args, "--json", "--timeout", "6s")...)
			if code != c.code || !strings.Contains(errs, c.says) {
				t.Errorf("exit %d, want %d with %q: %s", code, c.code, c.says, errs)
			}
			if c.code > 1 && !json.Valid([]byte(out)) {
				t.Errorf("no JSON: %q", out)
			}
		})
	}
}
