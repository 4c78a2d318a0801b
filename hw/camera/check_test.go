package camera_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"os"
	"sync"
	"testing"

	"zhunkao/hw/camera"
	"zhunkao/hw/cameratest"
)

// seen is what a camera makes of a scene: a JPEG, decoded.
func seen(t testing.TB, s cameratest.Scene) image.Image {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, cameratest.Draw(s, 1), &jpeg.Options{Quality: 88}); err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// small brings a scene to three quarters: drawn in half the time, and the pupils
// still far enough apart.
func small(s cameratest.Scene) cameratest.Scene {
	s.Width, s.Height = 960, 540
	return s
}

// follow changes a scene as somebody would who does what the advice says.
func follow(s cameratest.Scene, a camera.Advice, seed uint64) (cameratest.Scene, bool) {
	s.People = append([]cameratest.Person(nil), s.People...)
	if len(s.People) == 0 && a != camera.AdviceStepIn {
		return s, false
	}
	switch a {
	case camera.AdviceStepIn:
		s.People = cameratest.Portrait(seed).People
	case camera.AdviceAlone:
		s.People = s.People[:1]
	case camera.AdviceCloser:
		s.People[0].Eyes *= 1.25
	case camera.AdviceFurther:
		s.People[0].Eyes /= 1.25
	case camera.AdviceMoveLeft: // her left is the picture's right
		s.People[0].X += 70
	case camera.AdviceMoveRight:
		s.People[0].X -= 70
	case camera.AdviceMoveUp:
		s.People[0].Y -= 35
	case camera.AdviceMoveDown:
		s.People[0].Y += 35
	case camera.AdviceLevelHead:
		s.People[0].Roll *= .3
	case camera.AdviceHoldStill:
		s.Blur = 0
	case camera.AdviceMoreLight:
		s.Light = min(1, light(s)*1.5)
	case camera.AdviceLessLight:
		s.Light = light(s) * .85
	case camera.AdviceEvenLight:
		s.Side *= .4
	case camera.AdvicePlainBackground:
		s.Stripes = 0
	case camera.AdviceBackgroundColour:
		s.Wall = [3]uint8{}
	default:
		return s, false
	}
	return s, true
}

func light(s cameratest.Scene) float64 {
	if s.Light == 0 {
		return 1
	}
	return s.Light
}

// Each fault of a picture is told, by the advice that mends it.
func TestBadPicturesAreMendedByTheAdvice(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	cases := []struct {
		name   string
		spoil  func(*cameratest.Scene)
		aspect camera.Aspect
		advice camera.Advice
	}{
		{"nobody", func(s *cameratest.Scene) { s.People = nil }, camera.AspectFaces, camera.AdviceStepIn},
		{"two", func(s *cameratest.Scene) {
			s.People[0].X = -200
			s.People = append(s.People, cameratest.Person{Seed: 90, X: 230, Y: -40, Eyes: 105})
		}, camera.AspectFaces, camera.AdviceAlone},
		{"far", func(s *cameratest.Scene) { s.People[0].Eyes = 60 }, camera.AspectSize, camera.AdviceCloser},
		{"near", func(s *cameratest.Scene) { s.People[0].Eyes = 185; s.People[0].Y = 20 }, camera.AspectSize, camera.AdviceFurther},
		{"at the right of the picture", func(s *cameratest.Scene) { s.People[0].X = 520 }, camera.AspectPosition, camera.AdviceMoveRight},
		{"at the left of the picture", func(s *cameratest.Scene) { s.People[0].X = -520 }, camera.AspectPosition, camera.AdviceMoveLeft},
		{"too high", func(s *cameratest.Scene) { s.People[0].Y = -155 }, camera.AspectPosition, camera.AdviceMoveDown},
		{"too low", func(s *cameratest.Scene) { s.People[0].Y = 160 }, camera.AspectPosition, camera.AdviceMoveUp},
		{"head to the right shoulder", func(s *cameratest.Scene) { s.People[0].Roll = -9 }, camera.AspectRoll, camera.AdviceLevelHead},
		{"head to the left shoulder", func(s *cameratest.Scene) { s.People[0].Roll = 12 }, camera.AspectRoll, camera.AdviceLevelHead},
		{"head far over", func(s *cameratest.Scene) { s.People[0].Roll = 32 }, camera.AspectRoll, camera.AdviceLevelHead},
		{"blurred", func(s *cameratest.Scene) { s.Blur = 4 }, camera.AspectSharpness, camera.AdviceHoldStill},
		{"dark", func(s *cameratest.Scene) { s.Light = .35 }, camera.AspectBrightness, camera.AdviceMoreLight},
		{"very dark", func(s *cameratest.Scene) { s.Light = .12 }, camera.AspectBrightness, camera.AdviceMoreLight},
		{"bright", func(s *cameratest.Scene) { s.Light = 1.45 }, camera.AspectBrightness, camera.AdviceLessLight},
		{"light from one side", func(s *cameratest.Scene) { s.Side = .5 }, camera.AspectSides, camera.AdviceEvenLight},
		{"a red wall", func(s *cameratest.Scene) { s.Wall = [3]uint8{170, 90, 80} }, camera.AspectColour, camera.AdviceBackgroundColour},
		{"stripes", func(s *cameratest.Scene) { s.Stripes = 40 }, camera.AspectEvenness, camera.AdvicePlainBackground},
		{"all at once", func(s *cameratest.Scene) {
			s.Light, s.Wall, s.People[0].Eyes, s.People[0].Roll = .4, [3]uint8{90, 120, 90}, 70, 10
		}, "", 0},
	}
	p := profile(t, "ga461")
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			seed := uint64(40 + i)
			s := small(cameratest.Portrait(seed))
			c.spoil(&s)
			r := camera.Check(seen(t, s), p, nil)
			if r.OK() {
				t.Fatal("the bad picture passes")
			}
			if c.advice != 0 && r.Advice() != c.advice || c.aspect != "" && r.Findings[0].Aspect != c.aspect {
				t.Errorf("got %v, want %s: %v first", r.Findings, c.aspect, c.advice)
			}
			for step := 0; !r.OK(); step++ {
				next, can := follow(s, r.Advice(), seed)
				if !can || step > 9 {
					t.Fatalf("after %d steps: %v does not mend it (%v)", step, r.Advice(), r.Findings)
				}
				s = next
				r = camera.Check(seen(t, s), p, nil)
			}
			face, ok := r.Face()
			if !ok {
				t.Fatal("a good picture without its face")
			}
			if _, err := camera.Produce(seen(t, s), face, p); err != nil {
				t.Errorf("no photo of a good picture: %v", err)
			}
		})
	}
}

// A covered lens is not for the person to mend.
func TestBlackIsTheStaffsMatter(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	s := room()
	s.Black = true
	r := camera.Check(seen(t, s), profile(t, "ga461"), nil)
	if r.OK() || r.Advice() != camera.AdviceAskClerk {
		t.Errorf("got %v, want ask clerk", r.Findings)
	}
}

// The profile says which wall is right.
func TestBackgroundByProfile(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	cases := []struct {
		wall    [3]uint8
		profile string
		ok      bool
	}{
		{[3]uint8{240, 240, 240}, "ga461", true},
		{[3]uint8{210, 212, 214}, "exit-entry", true},
		{[3]uint8{150, 195, 235}, "exit-entry", true},
		{[3]uint8{150, 195, 235}, "ncre", true},
		{[3]uint8{150, 195, 235}, "ga461", false},
		{[3]uint8{240, 240, 240}, "ncre", false},
		{[3]uint8{200, 60, 60}, "exit-entry", false},
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.profile, c.wall), func(t *testing.T) {
			t.Parallel()
			s := small(cameratest.Portrait(7))
			s.Wall = c.wall
			r := camera.Check(seen(t, s), profile(t, c.profile), nil)
			if r.OK() != c.ok {
				t.Errorf("got %v, want good: %v", r.Findings, c.ok)
			}
			if !c.ok && r.Advice() != camera.AdviceBackgroundColour {
				t.Errorf("got %v, want the background's colour", r.Advice())
			}
		})
	}
}

// Every drawn person is a face to the finder, with eyes where they are, and a
// good photo. The long form tries two hundred and forty, the short one every
// tenth of them.
func TestDrawnPeopleAreAccepted(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	n, step := 240, 10
	if os.Getenv("ZHUNKAO_LONG") != "" {
		step = 1
	}
	p := profile(t, "ga461")
	seeds := make(chan uint64)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for seed := range seeds {
				accepted(t, seed, p)
			}
		})
	}
	for seed := 0; seed < n; seed += step {
		seeds <- uint64(seed)*7919 + 11
	}
	close(seeds)
	all.Wait()
}

func accepted(t *testing.T, seed uint64, p camera.Profile) {
	s := small(cameratest.Portrait(seed))
	me := s.People[0]
	r := camera.Check(seen(t, s), p, nil)
	face, one := r.Face()
	if len(r.Findings) > 0 || !one || !face.HasEyes {
		t.Errorf("seed %d: %d faces, %v", seed, len(r.Faces), r.Findings)
		return
	}
	scale := 540. / 720
	x, y, d := 480+me.X*scale, 270+me.Y*scale, me.Eyes*scale
	for _, e := range []struct {
		got  camera.Point
		side float64
	}{{face.RightEye, -.5}, {face.LeftEye, .5}} {
		if off := math.Hypot(e.got.X-x-e.side*d, e.got.Y-y); off > .07*d {
			t.Errorf("seed %d: an eye is found %.1f pixels beside its place", seed, off)
		}
	}
	if up := (y - face.HairTop) / d; up < 1.9 || up > 2.2 {
		t.Errorf("seed %d: hair found %.2f above the eyes, drawn at 1.96–2.11", seed, up)
	}
}

// What is no picture of anything must not panic, and not pass.
func TestOddPictures(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	p := profile(t, "ga461")
	for _, img := range []image.Image{
		image.NewRGBA(image.Rect(0, 0, 0, 0)),
		image.NewRGBA(image.Rect(0, 0, 1, 1)),
		image.NewRGBA(image.Rect(0, 0, 3000, 70)),
		image.NewGray(image.Rect(0, 0, 200, 300)),
		image.NewRGBA(image.Rect(-100, -50, 300, 250)),
		image.NewNRGBA64(image.Rect(5, 5, 100, 100)),
	} {
		if r := camera.Check(img, p, nil); r.OK() {
			t.Errorf("%T %v passes", img, img.Bounds())
		}
	}
}

// A picture whose corner is not (0, 0) is judged like any other.
func TestPartOfAPicture(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	whole := cameratest.Draw(cameratest.Portrait(5), 1)
	part := whole.SubImage(image.Rect(200, 0, 1100, 720))
	r := camera.Check(part, profile(t, "ga461"), nil)
	face, ok := r.Face()
	if !r.OK() || !ok || math.Abs(face.RightEye.X-(640-200-56)) > 6 {
		t.Fatalf("got %v, eyes %v", r.Findings, face)
	}
	if _, err := camera.Produce(part, face, profile(t, "ga461")); err != nil {
		t.Error(err)
	}
}
