package camera

// Advice says what the person before the camera, or the staff, should do. Its
// wording is the screen's. Left and right are the person's own.
type Advice uint8

// The advices.
const (
	AdviceNone             Advice = iota
	AdviceStepIn                  // nobody in the picture: sit down before the camera, look at it
	AdviceAlone                   // more than one face: only one person in the picture
	AdviceCloser                  // too small: come closer
	AdviceFurther                 // too big, or no room around the head: sit back
	AdviceMoveLeft                // to her own left
	AdviceMoveRight               // to her own right
	AdviceMoveUp                  // sit higher, or lower the camera
	AdviceMoveDown                // sit lower, or raise the camera
	AdviceLevelHead               // head tilted to a shoulder: hold it straight
	AdviceHoldStill               // blurred: hold still; staff: wipe the lens, check its focus
	AdviceMoreLight               // face too dark
	AdviceLessLight               // face too bright
	AdviceEvenLight               // one half of the face darker: light from the side, turn to the light
	AdvicePlainBackground         // what is behind her is not even
	AdviceBackgroundColour        // even, but not of the colour the profile asks for
	AdviceShowEyes                // eyes not found: hair, glasses, closed; please check
	AdviceLookStraight            // seems to look aside or up or down; please check
	AdviceAskClerk                // the camera itself: black, frozen; the staff must look
)

// String gives the advice's word for a log line, and for JSON.
func (a Advice) String() string {
	if int(a) < len(adviceWords) {
		return adviceWords[a]
	}
	return "none"
}

var adviceWords = [...]string{"none", "step in", "alone", "closer", "further", "move left", "move right", "move up", "move down",
	"level head", "hold still", "more light", "less light", "even light", "plain background", "background colour",
	"show eyes", "look straight", "ask clerk"}

// Aspect names what was checked.
type Aspect string

// The aspects.
const (
	AspectFaces      Aspect = "faces"      // count
	AspectSize       Aspect = "size"       // distance between the pupils, in pixels of the frame
	AspectPosition   Aspect = "position"   // how far the portrait sticks out of the frame, in parts of its own size
	AspectRoll       Aspect = "roll"       // tilt to a shoulder, degrees
	AspectSharpness  Aspect = "sharpness"  // variance of the Laplacian on the face
	AspectBrightness Aspect = "brightness" // mean luma of the face
	AspectBurnt      Aspect = "burnt"      // share of the face's pixels that are white
	AspectSunk       Aspect = "sunk"       // share of the face's pixels that are black
	AspectSides      Aspect = "sides"      // difference of the halves in parts of the brighter
	AspectEvenness   Aspect = "evenness"   // standard deviation of the background, the worst channel
	AspectColour     Aspect = "colour"     // the background's lightest allowed channel, or its hue
	AspectEyes       Aspect = "eyes"       // found
	AspectGaze       Aspect = "gaze"       // how far the nose's line is from the middle of the eyes
	AspectFit        Aspect = "fit"        // the produced photo's own measures, in parts of its size
)

// Weight says what a finding is worth.
type Weight uint8

// The weights.
const (
	Refuse      Weight = iota + 1 // the photo would be sent back: take another
	PleaseCheck                   // the detector is weak here: a person decides
)

// String gives the weight's word.
func (w Weight) String() string {
	if w == Refuse {
		return "refuse"
	}
	return "please check"
}

// Finding is one thing that is not as the profile asks.
type Finding struct {
	Aspect   Aspect
	Advice   Advice
	Weight   Weight
	Value    float64 // what was measured, in the aspect's unit
	Min, Max float64 // what is allowed
}

// Point is a place in a picture, in pixels.
type Point struct{ X, Y float64 }

// Face is a found face, in pixels of the checked picture.
type Face struct {
	Center   Point
	Size     float64 // side of the detector's square
	Score    float64 // the detector's confidence; above 8 is a face
	HasEyes  bool
	LeftEye  Point   // the person's own left: at the right in the picture
	RightEye Point   //
	Roll     float64 // degrees, positive when her head leans to her own left shoulder
	HairTop  float64 // y of the topmost hair; measured against the background, else estimated from the eyes
}

// EyeDistance is the distance between the pupils in pixels, 0 without eyes.
func (f Face) EyeDistance() float64 {
	if !f.HasEyes {
		return 0
	}
	return hypot(f.LeftEye.X-f.RightEye.X, f.LeftEye.Y-f.RightEye.Y)
}

// Report is what Check found in one picture.
type Report struct {
	Width, Height int // of the picture
	Faces         []Face
	Findings      []Finding // worst first; what keeps the others from being judged stands alone
	Sharpness     float64   // of the face; the best of a burst has the most
	Brightness    float64   // mean luma of the face
}

// OK says that nothing refuses the picture.
func (r Report) OK() bool {
	for _, f := range r.Findings {
		if f.Weight == Refuse {
			return false
		}
	}
	return true
}

// Face is the one face, if there is exactly one.
func (r Report) Face() (Face, bool) {
	if len(r.Faces) != 1 {
		return Face{}, false
	}
	return r.Faces[0], true
}

// Advice is the first thing to do; AdviceNone for a good picture.
func (r Report) Advice() Advice {
	if len(r.Findings) == 0 {
		return AdviceNone
	}
	return r.Findings[0].Advice
}
