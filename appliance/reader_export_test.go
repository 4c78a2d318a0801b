package appliance

// ReaderOptions is what a configuration makes of the reader.
var ReaderOptions = readerOptions
