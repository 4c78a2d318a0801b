package qr

// Correction bytes in each block, by level and version (ISO/IEC 18004, table 9).
var correction = [2][41]int{
	M: {0, 10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28},
	Q: {0, 13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30},
}

// Number of blocks, by level and version (the same table).
var blocks = [2][41]int{
	M: {0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49},
	Q: {0, 1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68},
}

// rawBytes is what a version has room for, data and correction together: all
// modules without the patterns.
func rawBytes(version int) int {
	modules := (16*version+128)*version + 64
	if version >= 2 {
		n := version/7 + 2 // alignment patterns along a side
		modules -= (25*n-10)*n - 55
		if version >= 7 {
			modules -= 36
		}
	}
	return modules / 8
}

func dataBytes(version int, level Level) int {
	return rawBytes(version) - correction[level][version]*blocks[level][version]
}

// interleave splits data into blocks, adds the correction of each, and takes
// bytes from all blocks in turn. Later blocks may be one byte longer.
func interleave(data []byte, version int, level Level) []byte {
	n, ecc := blocks[level][version], correction[level][version]
	short := len(data) / n
	long := len(data) % n
	divisor := generator(ecc)
	parts, checks := make([][]byte, n), make([][]byte, n)
	for i := range n {
		size := short
		if i >= n-long {
			size++
		}
		parts[i], data = data[:size], data[size:]
		checks[i] = remainder(parts[i], divisor)
	}
	var out []byte
	for i := range short + 1 {
		for _, p := range parts {
			if i < len(p) {
				out = append(out, p[i])
			}
		}
	}
	for i := range ecc {
		for _, c := range checks {
			out = append(out, c[i])
		}
	}
	return out
}

// generator is the polynomial of Reed and Solomon of a degree, without its
// leading 1.
func generator(degree int) []byte {
	out := make([]byte, degree)
	out[degree-1] = 1
	root := byte(1)
	for range degree {
		for j := range out {
			out[j] = multiply(out[j], root)
			if j+1 < degree {
				out[j] ^= out[j+1]
			}
		}
		root = multiply(root, 2)
	}
	return out
}

func remainder(data, divisor []byte) []byte {
	out := make([]byte, len(divisor))
	for _, b := range data {
		factor := b ^ out[0]
		copy(out, out[1:])
		out[len(out)-1] = 0
		if factor == 0 {
			continue
		}
		log := int(logarithm[factor])
		for i, d := range divisor { // no coefficient of a generator is 0
			out[i] ^= power[int(logarithm[d])+log]
		}
	}
	return out
}

// multiply in the field of 256 elements modulo x⁸+x⁴+x³+x²+1.
func multiply(a, b byte) byte {
	if a == 0 || b == 0 {
		return 0
	}
	return power[int(logarithm[a])+int(logarithm[b])]
}

// power and logarithm are those of 2 in that field; power is told twice, so that a sum
// of two logarithms needs no division.
var power, logarithm = field()

func field() (power [510]byte, logarithm [256]byte) {
	v := byte(1)
	for i := range 255 {
		power[i], power[i+255], logarithm[v] = v, v, byte(i)
		v = v<<1 ^ v>>7*0x1D
	}
	return power, logarithm
}
