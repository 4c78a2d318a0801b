// Package cashier plays the three payment companies of the demonstration (WeChat
// Pay, Alipay, UnionPay) and the telephone that somebody pays with, as one program
// with pages on a loopback address (domain §4.2–4.4, demand A42).
//
//	hub ──request, signed──→ gateway (wechat.go, alipay.go, unionpay.go)
//	                            │
//	telephone (pages.go) ──→ book of trades ──→ notices, signed, tried again (notices.go)
//	                            │
//	hub ←──────────────── statements of the day (bill*.go)
//
// It is the far end: it shares no code with the hub's channels (package
// hub/payment and what lies below it) nor with the companies' libraries, so that
// neither can be wrong in the same way as the other; the import law says so. It
// verifies what it is asked and refuses what is not signed by the merchant whom it
// knows, as the companies do.
//
// What it is not: a company. No money moves, nobody's account is asked for, and its
// keys are made by the demonstration in its own folder. Certificates, signatures and
// nonces keep real time; what it says of when money moved is the demonstration's time.
//
// How it fails. It keeps its book in one file, written before an answer is given; a
// file that cannot be read is an error at start. Trouble is chosen on its pages, by
// payment (Trouble) or by company (Knobs), and looks to the hub like the real thing.
package cashier
