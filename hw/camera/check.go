package camera

import "image"

// Limits are the thresholds of the checks: data, to be calibrated for a camera.
type Limits struct {
	MinScore      float64 // of the detector, for a face
	MinPupils     float64 // pixels between the pupils in the frame (ICAO: 90)
	MaxRoll       float64 // degrees (ICAO: 5)
	MinSharpness  float64 // variance of the Laplacian on the scaled face
	Luma          Range   // mean of the face, 0–255
	MaxBurnt      float64 // part of the face's pixels at 250 and above
	MaxSunk       float64 // part of the face's pixels at 10 and below
	MaxSides      float64 // difference of the halves in parts of the brighter
	MaxUneven     float64 // standard deviation of the background, the worst channel
	MaxGaze       float64 // asymmetry that asks for a look
	MinWhite      float64 // every channel of a white background, at least
	MinGrey       float64 // a light grey one
	Hue, Strength Range   // of a light blue one, degrees and HSV saturation
}

// DefaultLimits are the thresholds of the literature, tried on drawn pictures.
func DefaultLimits() Limits {
	return Limits{MinScore: 8, MinPupils: 80, MaxRoll: 5, MinSharpness: 80, Luma: Range{90, 190}, MaxBurnt: .01, MaxSunk: .05, MaxSides: .25,
		MaxUneven: 15, MaxGaze: .35, MinWhite: 200, MinGrey: 190, Hue: Range{190, 230}, Strength: Range{.15, .6}}
}

// Check judges a picture by a profile. It is pure, and safe to call from
// several goroutines. A nil lim is DefaultLimits.
func Check(img image.Image, p Profile, lim *Limits) Report { return Report{} }
