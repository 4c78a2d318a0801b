package cameratest

import "errors"

// Knobs are the faults of the camera itself. The zero Knobs is a healthy camera
// of 15 frames a second.
type Knobs struct {
	FPS         int  `json:"fps,omitempty"`         // frames a second; 0 is 15
	NoHuffman   bool `json:"no_huffman,omitempty"`  // frames without Huffman tables
	NoLength    bool `json:"no_length,omitempty"`   // parts without Content-Length
	Tail        int  `json:"tail,omitempty"`        // so many bytes of an older frame behind the end
	TearNth     int  `json:"tear_nth,omitempty"`    // each nth frame ends in the middle
	GarbageNth  int  `json:"garbage_nth,omitempty"` // each nth part is noise
	Undecodable bool `json:"undecodable,omitempty"` // whole to look at, nonsense inside
	Freeze      bool `json:"freeze,omitempty"`      // the same frame for ever
	Stamped     bool `json:"stamped,omitempty"`     // with Freeze: a comment in each frame counts
	Stall       bool `json:"stall,omitempty"`       // connected, and nothing comes
	Trickle     bool `json:"trickle,omitempty"`     // a byte now and then
	DropAfter   int  `json:"drop_after,omitempty"`  // hangs up after so many frames
	HugePart    bool `json:"huge_part,omitempty"`   // a part that says it has a gigabyte
	Endless     bool `json:"endless,omitempty"`     // a part that never ends
	WrongType   bool `json:"wrong_type,omitempty"`  // sends a page instead of pictures
	Redirect    bool `json:"redirect,omitempty"`    // sends elsewhere
	Status      int  `json:"status,omitempty"`      // answers with this status
}

func (k Knobs) check() error {
	if k.FPS < 0 || k.FPS > 60 || k.Tail < 0 || k.Tail > 1<<20 || k.TearNth < 0 || k.GarbageNth < 0 || k.DropAfter < 0 ||
		k.Status != 0 && (k.Status < 200 || k.Status > 599) {
		return errors.New("cameratest: a knob is out of its range")
	}
	return nil
}

// Healthy says whether nothing is wrong but what the scene shows.
func (k Knobs) Healthy() bool {
	k.FPS = 0
	return k == Knobs{}
}

// Pose gives a scene by its word, with somebody of that seed in it.
func Pose(word string, seed uint64) (Scene, bool) {
	s := Portrait(seed)
	me := &s.People[0]
	switch word {
	case "portrait":
	case "nobody":
		s.People = nil
	case "two":
		me.X, me.Eyes = -190, 92
		s.People = append(s.People, Person{Seed: seed + 1, X: 210, Y: -30, Eyes: 88})
	case "tilted":
		me.Roll = 13
	case "dark":
		s.Light = .3
	case "bright":
		s.Light = 1.45
	case "side":
		s.Side = .5
	case "blurred":
		s.Blur = 4
	case "far":
		me.Eyes, me.Y = 52, 40
	case "near":
		me.Eyes, me.Y = 190, 20
	case "beside":
		me.X = 520
	case "low":
		me.Y = 170
	case "wall":
		s.Wall = [3]uint8{168, 88, 70}
	case "busy":
		s.Stripes = 45
	case "black":
		s.Black = true
	default:
		return Scene{}, false
	}
	return s, true
}

// Poses are the words Pose knows.
func Poses() []string {
	return []string{"portrait", "nobody", "two", "tilted", "dark", "bright", "side", "blurred", "far", "near", "beside", "low", "wall", "busy", "black"}
}
