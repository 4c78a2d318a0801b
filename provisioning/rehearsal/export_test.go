package rehearsal

import "zhunkao/provisioning/demo"

// What tests need to know of the people here.
var Emulated = emulated

// Strokes is everybody's signature.
func Strokes() [][]uint16 { return strokes }

// Accounts are the demonstration's staff.
func (p *Province) Accounts() []demo.Account { return p.accounts }
