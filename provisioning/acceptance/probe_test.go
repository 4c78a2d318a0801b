package acceptance

import (
	"context"
	"testing"
	"time"

	"zhunkao/hw/cameratest"
	"zhunkao/protocol/campaign"
)

// A camera that shows nothing, or always the same, does not pass: Ready comes
// with its first picture, and that there is nothing to be seen only after some.
func TestACameraThatShowsNothing(t *testing.T) {
	for name, c := range map[string]struct {
		scene cameratest.Scene
		knobs cameratest.Knobs
		limit time.Duration
		want  State // "": anything but Pass
	}{
		"somebody":          {cameratest.Portrait(3), cameratest.Knobs{}, 2 * time.Minute, Pass},
		"the lens cap":      {cameratest.Scene{Black: true}, cameratest.Knobs{}, 9 * time.Second, Fail},
		"a short look":      {cameratest.Portrait(3), cameratest.Knobs{}, 4 * time.Second, Ask},
		"a still":           {cameratest.Portrait(3), cameratest.Knobs{Freeze: true}, 9 * time.Second, Fail},
		"it comes and goes": {cameratest.Portrait(3), cameratest.Knobs{DropAfter: 20}, 9 * time.Second, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cam := cameratest.New()
			cam.Show(c.scene)
			if err := cam.SetKnobs(c.knobs); err != nil {
				t.Fatal(err)
			}
			plug := cameratest.NewPlug(cam, "127.0.0.1:0")
			if err := plug.Plug(); err != nil {
				t.Fatal(err)
			}
			look := func(limit time.Duration) []Device {
				ctx, cancel := context.WithTimeout(context.Background(), limit)
				defer cancel()
				return cameraOf(ctx, Options{Camera: plug.URL()})
			}
			got := look(c.limit)
			for more := c.limit; c.want == Ask && got[0].State == Fail && more < 2*time.Minute; { // it gave no picture in that time
				more += steady / 2
				got = look(more)
			}
			if err := plug.Unplug(); err != nil {
				t.Error(err)
			}
			if len(got) != 1 || got[0].Key != campaign.DeviceCamera || got[0].State == Pass && c.want == "" || c.want != "" && got[0].State != c.want {
				t.Errorf("got %+v, want %s", got, c.want)
			}
		})
	}
}
