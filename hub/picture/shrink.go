package picture

import "image"

// shrink makes a picture smaller: each pixel is the mean of the area that it
// comes from, so that thin strokes of writing stay grey and do not vanish. It
// must be opaque.
func shrink(in *image.RGBA, w, h int) *image.RGBA {
	across, down := spans(in.Rect.Dx(), w), spans(in.Rect.Dy(), h)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	row := make([]uint64, 3*w) // the sum of the lines under one line of out
	for y, d := range down {
		clear(row)
		for i, weight := range d.weights {
			line := in.Pix[(d.from+i)*in.Stride:]
			for x, a := range across {
				var r, g, b uint64
				for j, share := range a.weights {
					p := line[(a.from+j)*4:][:3]
					r, g, b = r+share*uint64(p[0]), g+share*uint64(p[1]), b+share*uint64(p[2])
				}
				row[3*x], row[3*x+1], row[3*x+2] = row[3*x]+weight*r, row[3*x+1]+weight*g, row[3*x+2]+weight*b
			}
		}
		all := uint64(in.Rect.Dx()) * uint64(in.Rect.Dy())
		for x := range w {
			p := out.Pix[y*out.Stride+4*x:][:4]
			for c := range 3 {
				p[c] = uint8((row[3*x+c] + all/2) / all)
			}
			p[3] = 255
		}
	}
	return out
}

// span is what one new pixel covers of the old ones: from which on, and by how
// much each. All weights of a span add up to the number of old pixels.
type span struct {
	from    int
	weights []uint64
}

// spans lays n new pixels over so many old ones, n at most as many. Lengths are
// counted in parts of which an old pixel has n and a new one has old.
func spans(old, n int) []span {
	out := make([]span, n)
	for i := range out {
		begin, end := i*old, (i+1)*old
		s := span{from: begin / n}
		for at := begin; at < end; {
			next := min(end, (at/n+1)*n)
			s.weights = append(s.weights, uint64(next-at))
			at = next
		}
		out[i] = s
	}
	return out
}
