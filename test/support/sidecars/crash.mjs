// Ends before it has said a word, with a reason on standard error.
console.error("a first line\nthe library is missing");
process.exit(3);
