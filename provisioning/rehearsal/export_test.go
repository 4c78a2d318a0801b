package rehearsal

// What tests need to know of the people here.
var Emulated = emulated

// Strokes is everybody's signature.
func Strokes() [][]uint16 { return strokes }
