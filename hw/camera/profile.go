package camera

import "slices"

// Range is a closed range; the zero Range allows everything.
type Range struct{ Min, Max float64 }

// Holds says whether v lies in the range, the ends included.
func (r Range) Holds(v float64) bool { return r.any() || v >= r.Min && v <= r.Max }

func (r Range) any() bool { return r == Range{} }

func (r Range) mid() float64 { return (r.Min + r.Max) / 2 }

// Background is a set of the colours that may lie behind a person.
type Background uint8

// The backgrounds.
const (
	White     Background = 1 << iota // every channel above 200
	LightGrey                        // L* at least 198 of 255 and no colour
	LightBlue                        // hue 190–230°, saturation 0.15–0.6
	AnyColour                        // only even
)

// Profile is what one examination or authority asks of a photo: data, not code.
// Measures are parts of the produced picture's width or height, so that one
// profile serves every size it allows.
type Profile struct {
	Name string // as in campaigns and on command lines

	Width, Height       int   // produced, in pixels
	AllowW, AllowH      Range // what a photo may have that was made elsewhere; zero: exactly the above
	DPI                 int   // written into JFIF; 0 writes no density
	AllowDPI            Range //
	MinBytes, MaxBytes  int   // of the file; 0 for no limit
	Background          Background
	Composition         Composition
	MaxQuality, Quality int // JPEG quality to start from and to stop at; 0 for 95 and 60
}

// Composition is where the head is in the photo. The zero Range of a measure
// asks nothing.
type Composition struct {
	FaceWidth  Range // between the cheekbones, of the width
	HeadHeight Range // hair to chin, of the height
	HairTop    Range // hair from the top edge, of the height
	Eyes       Range // eye line from the bottom edge, of the height
	Chin       Range // chin from the bottom edge, of the height
	Pupils     Range // between the pupils, of the width
}

// The profiles. Sources and their contradictions stand beside each.
var profiles = []Profile{
	{ // GA 461-2004 and its interpretation by the ministry: 358 × 441, 350 dpi.
		// Face 207 ± 14 px; hair 7–21 px from the top; eyes at least 207 px from
		// the bottom, and this one wins. 14–20 KB, later texts to 28 KB.
		Name: "ga461", Width: 358, Height: 441, DPI: 350, MinBytes: 14 << 10, MaxBytes: 28 << 10, Background: White,
		Composition: Composition{FaceWidth: Range{193. / 358, 221. / 358}, HairTop: Range{7. / 441, 21. / 441}, Eyes: Range{207. / 441, 1}},
	},
	{ // National Immigration Administration, guide for exit-entry papers: 3:4,
		// 354–480 × 472–640, paper 33 × 48 mm with head 15–22 mm wide, 28–33 mm
		// high, 3–5 mm from the top, chin at least 7 mm from the bottom.
		Name: "exit-entry", Width: 354, Height: 472, AllowW: Range{354, 480}, AllowH: Range{472, 640}, DPI: 300, AllowDPI: Range{300, 600},
		MinBytes: 20 << 10, MaxBytes: 80 << 10, Background: White | LightGrey | LightBlue,
		Composition: Composition{FaceWidth: Range{15. / 33, 22. / 33}, HeadHeight: Range{28. / 48, 33. / 48}, HairTop: Range{3. / 48, 5. / 48}, Chin: Range{7. / 48, 1}},
	},
	{ // The same, older: 390 × 567 at 300 dpi, measures in pixels of that size.
		Name: "exit-entry-old", Width: 390, Height: 567, DPI: 300, MinBytes: 40 << 10, MaxBytes: 50 << 10, Background: White | LightBlue,
		Composition: Composition{FaceWidth: Range{189. / 390, 283. / 390}, HeadHeight: Range{354. / 567, 402. / 567},
			Pupils: Range{82. / 390, 118. / 390}, Eyes: Range{1 - 246./567, 1 - 152./567}},
	},
	{ // National Computer Rank Examination: at least 144 × 192; a tenth above the
		// head, head seven tenths, shoulders a fifth. Blue; several provinces white.
		Name: "ncre", Width: 144, Height: 192, AllowW: Range{144, 1440}, AllowH: Range{192, 1920}, MinBytes: 20 << 10, MaxBytes: 200 << 10, Background: LightBlue,
		Composition: Composition{HeadHeight: Range{.65, .75}, HairTop: Range{.07, .13}, Chin: Range{.15, .25}},
	},
	{ // College English Test as one university asks it.
		Name: "cet", Width: 143, Height: 192, MinBytes: 100 << 10, MaxBytes: 200 << 10, Background: LightBlue | White,
		Composition: Composition{HeadHeight: Range{.6, .75}, HairTop: Range{.03, .13}},
	},
	{ // One inch, as civil examinations ask it.
		Name: "one-inch", Width: 295, Height: 413, DPI: 300, MinBytes: 10 << 10, MaxBytes: 30 << 10, Background: White,
		Composition: Composition{HeadHeight: Range{.6, .75}, HairTop: Range{.03, .13}},
	},
	{ // National entrance examination (gaokao), as several provinces' notices ask
		// it: 480 × 640, 50–120 KB. None prescribes the head or, alike, the wall.
		Name: "gaokao480", Width: 480, Height: 640, DPI: 300, MinBytes: 50 << 10, MaxBytes: 120 << 10, Background: White | LightBlue,
		Composition: Composition{HeadHeight: Range{.6, .75}, HairTop: Range{.03, .13}},
	},
	{ // Teachers' posts, one city: about 3:4, at most 200 KB.
		Name: "teacher", Width: 150, Height: 200, MaxBytes: 200 << 10, Background: White,
		Composition: Composition{HeadHeight: Range{.6, .75}, HairTop: Range{.03, .13}},
	},
}

// Profiles gives the built-in table, a copy of it.
func Profiles() []Profile { return slices.Clone(profiles) }

// ProfileNamed finds a built-in profile.
func ProfileNamed(name string) (Profile, bool) {
	for _, p := range profiles {
		if p.Name == name {
			return p, true
		}
	}
	return Profile{}, false
}
