// Package fault holds the fault words every driver under hw shares.
//
// It is a vocabulary, not a mechanism: a driver wraps whatever went wrong in
// one of these words, and a caller asks "is it this word?" with errors.Is, or
// "what sort of trouble is it?" with ClassOf. Texts are for people and may be
// improved at any time; identity is what programs test.
//
// It is not for refusals. A card nobody registered, a closed window or a wrong
// person are business, and business is unknown under hw.
//
// It cannot fail: it does no input or output.
package fault
