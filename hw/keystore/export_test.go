package keystore

// Decode is decode, for the fuzz test.
func Decode(text []byte, signing bool) (any, error) { return decode("file", text, signing) }
