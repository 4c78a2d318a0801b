package journal

// StickBrought: a stick with the records of a box was read in. Detail "file",
// and how many records came to which word: "new", "known", "whole", "aside", "foreign",
// "torn", "later". Each record that was taken has its own entry beside it, with
// "carrier".
const StickBrought Act = "stick.brought"
