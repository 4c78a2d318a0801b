// Package idcard drives a second-generation ID card reader (SAM-V / SDT).
package idcard
