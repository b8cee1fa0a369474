// Owns writing down what a sidecar says, as it says it: copies this process's standard output to a file in `folder`.
// So tests have the sidecar's own figures by a path that the extension has no part in. See tappedExtension.ts.
const { appendFileSync } = require("node:fs");
const { join } = require("node:path");

module.exports = function tap(folder) {
  const file = join(folder, String(process.pid));
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (chunk, ...rest) => {
    appendFileSync(file, chunk);
    return write(chunk, ...rest);
  };
};
