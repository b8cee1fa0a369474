// Owns a machine with a battery for the tests: what this process reads below /sys/class/power_supply comes from `folder`.
// So the extension is the one that is shipped, and has no way in for tests. See tappedExtension.ts.
const files = require("node:fs/promises");

const place = "/sys/class/power_supply";

module.exports = function powerSuppliesFrom(folder) {
  const there = (path) => (typeof path === "string" && path.startsWith(place) ? folder + path.slice(place.length) : path);
  for (const name of ["readdir", "readFile"]) {
    const original = files[name];
    files[name] = (path, ...rest) => original(there(path), ...rest);
  }
};
