// Package gbk turns text into the bytes of the field's character sets and back,
// and never loses a character silently: what does not fit is an error that
// names the character, what cannot be read is a fault that holds the bytes.
//
// Two sets are known. GBK is what DBF files and bank statements are written in:
// one or two bytes a character, the two-byte area of GB 18030 without the euro,
// which Windows code page 936 puts at 0x80, GB 18030 at A2E3 and GBK itself
// nowhere: it is read at either place and written at neither. GB18030 is the
// standard of 2022: four bytes for everything the two-byte area lacks.
//
// Where the two-byte area once stood for private-use code points because
// Unicode lacked the character, the standard character is read: A8BC, and the
// 90 codes of rows FE and A6 in gbk_pua_map.csv. For 24 of these the editions of
// GB 18030 differ; their old codes and their new ones are read as the same
// character, and the edition of 2022 is written. A private-use code point that
// an old font or input method left in a text is written as the character it
// meant where that is its only code: all 90 in GBK, those 24 in GB 18030. Nothing
// else changes in a round trip but the euro at 0x80. User-defined areas
// (AAA1–AFFE, F8A1–FEFE, A140–A7A0) are read as U+E000–E765, as Windows does:
// offices keep characters of their own making there.
//
// It does not guess: UTF-8 handed in as GBK is read as other characters,
// whoever opens a file looks for its byte order mark first. U+FFFD stands for
// damage done earlier and is neither written nor read without a complaint.
//
// No state but tables made at first use from golang.org/x/text and the file
// beside this one; safe for concurrent use.
package gbk
