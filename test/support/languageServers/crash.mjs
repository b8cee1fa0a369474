// Ends before it has said a word, with a reason on standard error.
console.error("a first line\nthe toolchain is missing");
process.exit(3);
